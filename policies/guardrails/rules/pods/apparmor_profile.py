"""Nobody leaves the AppArmor profile of containers, by the meaning of Pod Security `baseline` and `restricted`.

Restricted fields of the pod and of every container: `securityContext.appArmorProfile.type` must be "RuntimeDefault"
or "Localhost", or the profile unset; nodes with AppArmor then apply the runtime's default. The annotations that said
the same before Kubernetes 1.30 have a rule of their own.
"""

from guardrails.examples.kubernetes import a_container, bad_example, elsewhere, hardened, spoilt, workload
from guardrails.kubernetes.pods import WORKLOADS, Pod
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.rule import EachPod, Rule, Severity

PROFILE = ("securityContext", "appArmorProfile")
TYPE = (*PROFILE, "type")
PROBLEM = "leaves AppArmor: its appArmorProfile is neither RuntimeDefault nor Localhost"


def check(pod: Pod) -> Violations:
    """Name the pod and each container that asks for no profile."""
    if _is_loose(pod):
        yield pod.fails(PROBLEM, *TYPE)
    for container in pod.containers:
        if _is_loose(container):
            yield container.fails(PROBLEM, *TYPE)


def _is_loose(place: Node) -> bool:
    if place.read(*PROFILE) is None:
        return False
    return place.missing(*TYPE) or place.differs_from(*TYPE, than=("RuntimeDefault", "Localhost"))


RULE = Rule(
    id="apparmor-profile",
    title="Containers keep their AppArmor profile",
    why="The default profile keeps a container from mounts and from the node's kernel settings.",
    fix="Remove appArmorProfile, or set its type to RuntimeDefault.",
    severity=Severity.MEDIUM,
    covers=("production:15", "go-live-readiness:101", "go-live-readiness:16"),
    kinds=WORKLOADS,
    check=EachPod(check),
    allows={
        "unset": workload(a_container()),
        "the default": workload(a_container(), securityContext={"appArmorProfile": {"type": "RuntimeDefault"}}),
        "a profile of the node": workload(
            hardened(appArmorProfile={"type": "Localhost", "localhostProfile": "golive-api"})
        ),
        "null": workload(a_container(), securityContext={"appArmorProfile": None}),
    },
    refuses={
        "unconfined": spoilt(hardened(appArmorProfile={"type": "Unconfined"}), PROBLEM),
        "a profile without a type": spoilt(hardened(appArmorProfile={}), PROBLEM),
        "the pod": bad_example(
            workload(a_container(), securityContext={"appArmorProfile": {"type": "Unconfined"}}),
            f"Deployment shop/marketplace {PROBLEM}",
        ),
        **elsewhere(hardened("proxy", appArmorProfile={"type": "Unconfined"}), PROBLEM),
    },
)
