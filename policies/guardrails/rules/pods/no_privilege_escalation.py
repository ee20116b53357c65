"""No process may gain more privileges than its parent, by the meaning of Pod Security `restricted`.

Restricted field: `securityContext.allowPrivilegeEscalation` of every container must be false. Unset means true, so
unset is refused. Windows pods are exempt: their API server refuses the field.
"""

from guardrails.examples.kubernetes import a_container, elsewhere, hardened, refusal, spoilt, workload
from guardrails.kubernetes.pods import WORKLOADS, Pod
from guardrails.model.findings import Faults
from guardrails.rule import EachPod, Rule, Severity

FIELD = ("securityContext", "allowPrivilegeEscalation")
WRONG = "may gain privileges: its allowPrivilegeEscalation is not false"


def check(pod: Pod) -> Faults:
    """Name each container that does not forbid it."""
    for container in pod.containers:
        if container.lacks(*FIELD, value=False) and not pod.is_windows:
            yield container.fails(WRONG, *FIELD)


RULE = Rule(
    id="no-privilege-escalation",
    title="Containers cannot gain privileges",
    why="A set-user-id program turns any hole in the application into root.",
    fix="Set securityContext.allowPrivilegeEscalation to false on the container.",
    severity=Severity.HIGH,
    covers=("production:15", "go-live-readiness:101", "go-live-readiness:16"),
    kinds=WORKLOADS,
    check=EachPod(check),
    allows={
        "false": workload(a_container()),
        "a Windows pod": workload(hardened(allowPrivilegeEscalation=None), os={"name": "windows"}),
    },
    refuses={
        "unset": spoilt(hardened(allowPrivilegeEscalation=None), WRONG),
        "no security context": spoilt(a_container(securityContext=None), WRONG),
        "true": spoilt(hardened(allowPrivilegeEscalation=True), WRONG),
        "a Linux pod": refusal(
            workload(hardened(allowPrivilegeEscalation=True), os={"name": "linux"}),
            f"container 'api' (Deployment shop/marketplace) {WRONG}",
        ),
        **elsewhere(hardened("proxy", allowPrivilegeEscalation=None), WRONG),
    },
)
