"""No container runs as root, by the meaning of Pod Security `restricted`.

Restricted fields: `securityContext.runAsNonRoot` must be true for each container, said by itself or by its pod, and
false nowhere; `securityContext.runAsUser` must be 0 nowhere. A user above 0 alone is not enough: the image could be
changed to ignore it, and Pod Security asks for the word. User namespaces (`hostUsers: false`) change nothing here:
the checklists ask for non-root containers.
"""

from guardrails.examples.kubernetes import a_container, bad_example, elsewhere, hardened, spoilt, workload
from guardrails.kubernetes.pods import WORKLOADS, Pod
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.values import Unknown
from guardrails.rule import EachPod, Rule, Severity

WORD = ("securityContext", "runAsNonRoot")
USER = ("securityContext", "runAsUser")
ALLOWS = "allows root: its runAsNonRoot is not true"
ROOT = "runs as root: its runAsUser is 0"
NO_USER = "has a runAsUser that is no number from 0"
SILENT = "does not say runAsNonRoot: true, nor does its pod"


def check(pod: Pod) -> Violations:
    """Name the pod and each container that allows root, asks for it, or leaves it open."""
    yield from _asks_for_root(pod)
    for container in pod.containers:
        yield from _asks_for_root(container)
        # A pod's word that is wrong or unknown is a fault of the pod, and said once.
        if container.effective("runAsNonRoot") is None and not container.partial:
            yield container.fails(SILENT, *WORD)


def _asks_for_root(place: Node) -> Violations:
    word = place.read(*WORD)
    if word is not None and word is not True and not isinstance(word, Unknown):
        yield place.fails(ALLOWS, *WORD)
    user = place.read(*USER)
    if user == 0:
        yield place.fails(ROOT, *USER)
    elif not isinstance(user, int | Unknown | None) or (isinstance(user, int) and user < 0):
        yield place.fails(NO_USER, *USER)


RULE = Rule(
    id="run-as-non-root",
    title="Containers do not run as root",
    why="Root in a container is one kernel fault away from root on the node and on everything that runs there.",
    fix="Set securityContext.runAsNonRoot to true, and no runAsUser or one above 0.",
    severity=Severity.HIGH,
    covers=("new-services:34", "production:15", "go-live-readiness:101", "go-live-readiness:16"),
    kinds=WORKLOADS,
    check=EachPod(check),
    allows={
        "the container's word": workload(a_container()),
        "the pod's word for a silent container": workload(
            hardened(runAsNonRoot=None), securityContext={"runAsNonRoot": True}
        ),
        "a user above zero": workload(hardened(runAsUser=10001)),
        "an init container too": workload(a_container(), initContainers=[a_container("migrate")]),
    },
    refuses={
        "nobody says so": spoilt(hardened(runAsNonRoot=None), SILENT),
        "a number in quotes": spoilt(hardened(runAsUser="0"), NO_USER),
        "below zero": spoilt(hardened(runAsUser=-1), NO_USER),
        "no security context": spoilt(a_container(securityContext=None), SILENT),
        "the container contradicts": spoilt(hardened(runAsNonRoot=False), ALLOWS),
        "a number is no boolean": spoilt(hardened(runAsNonRoot=1), ALLOWS),
        "a word that is no boolean": spoilt(hardened(runAsNonRoot="true"), ALLOWS),
        "the pod contradicts": bad_example(
            workload(a_container(), securityContext={"runAsNonRoot": False}),
            f"Deployment shop/marketplace {ALLOWS}",
        ),
        "user zero": spoilt(hardened(runAsUser=0), ROOT),
        "user zero in the pod": bad_example(
            workload(a_container(), securityContext={"runAsUser": 0}),
            f"Deployment shop/marketplace {ROOT}",
        ),
        "a user is not enough": spoilt(hardened(runAsNonRoot=None, runAsUser=10001), SILENT),
        **elsewhere(hardened("proxy", runAsNonRoot=None), SILENT),
    },
)
