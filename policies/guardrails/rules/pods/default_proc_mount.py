"""Containers keep the masks over /proc, by the meaning of Pod Security `restricted`.

Restricted field: `securityContext.procMount` of every container must be "Default" or unset. User namespaces
(`hostUsers: false`) relax this at the level `baseline` only.
"""

from guardrails.examples.kubernetes import a_container, bad_example, elsewhere, hardened, spoilt, workload
from guardrails.kubernetes.pods import WORKLOADS, Pod
from guardrails.model.findings import Violations
from guardrails.rule import EachPod, Rule, Severity

FIELD = ("securityContext", "procMount")
PROBLEM = "takes the masks off /proc: its procMount is not Default"


def check(pod: Pod) -> Violations:
    """Name each container that sees more of the kernel than it should."""
    for container in pod.containers:
        if container.differs_from(*FIELD, than=("Default",)):
            yield container.fails(PROBLEM, *FIELD)


RULE = Rule(
    id="default-proc-mount",
    title="Containers keep the masks over /proc",
    why="Without its masks /proc shows the kernel's keys and timers, and lets a container change settings of its node.",
    fix="Remove securityContext.procMount from the container, or set it to Default.",
    severity=Severity.MEDIUM,
    covers=("production:15", "go-live-readiness:101", "go-live-readiness:16"),
    kinds=WORKLOADS,
    check=EachPod(check),
    allows={
        "unset": workload(a_container()),
        "the default": workload(hardened(procMount="Default")),
        "null": workload(a_container(securityContext={"procMount": None})),
    },
    refuses={
        "unmasked": spoilt(hardened(procMount="Unmasked"), PROBLEM),
        "unmasked in a user namespace": bad_example(
            workload(hardened(procMount="Unmasked"), hostUsers=False),
            f"container 'api' (Deployment shop/marketplace) {PROBLEM}",
        ),
        "an empty word": spoilt(hardened(procMount=""), PROBLEM),
        **elsewhere(hardened("proxy", procMount="Unmasked"), PROBLEM),
    },
)
