"""No container is privileged, by the meaning of Pod Security `baseline` and `restricted`.

Restricted field: `securityContext.privileged` of every container must be false or unset. There is no such field on
the pod, and nobody is exempt.
"""

from guardrails.examples.kubernetes import a_container, elsewhere, hardened, spoilt, workload
from guardrails.kubernetes.pods import WORKLOADS, Pod
from guardrails.model.findings import Violations
from guardrails.rule import EachPod, Rule, Severity

FIELD = ("securityContext", "privileged")
PROBLEM = "is privileged"


def check(pod: Pod) -> Violations:
    """Name each container that has the run of its node."""
    for container in pod.containers:
        if container.differs_from(*FIELD, than=(False,)):
            yield container.fails(PROBLEM, *FIELD)


RULE = Rule(
    id="no-privileged-container",
    title="No container is privileged",
    why="A privileged container is root on its node: it sees every device and every other pod's files.",
    fix="Remove securityContext.privileged from the container, or set it to false.",
    severity=Severity.CRITICAL,
    covers=("production:15", "go-live-readiness:101", "go-live-readiness:16"),
    kinds=WORKLOADS,
    check=EachPod(check),
    allows={
        "unset": workload(a_container()),
        "false": workload(hardened(privileged=False)),
        "no security context": workload(a_container(securityContext=None)),
        "null": workload(a_container(securityContext={"privileged": None})),
    },
    refuses={
        "true": spoilt(hardened(privileged=True), PROBLEM),
        "a word that is no boolean": spoilt(hardened(privileged="true"), PROBLEM),
        **elsewhere(hardened("proxy", privileged=True), PROBLEM),
    },
)
