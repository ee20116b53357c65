"""No process may gain more privileges than its parent, by the meaning of Pod Security `restricted`.

Restricted field: `securityContext.allowPrivilegeEscalation` of every container must be false. Unset means true, so
unset is refused. Windows pods are exempt: their API server refuses the field.
"""

from guardrails.examples.kubernetes import a_container, bad_example, elsewhere, hardened, spoilt, workload
from guardrails.kubernetes.pods import WORKLOADS, Pod
from guardrails.model.findings import Violations
from guardrails.rule import EachPod, Rule, Severity

FIELD = ("securityContext", "allowPrivilegeEscalation")
PROBLEM = "may gain privileges: its allowPrivilegeEscalation is not false"


def check(pod: Pod) -> Violations:
    """Name each container that does not forbid it."""
    for container in pod.containers:
        if container.is_not(*FIELD, value=False) and not pod.is_windows:
            yield container.fails(PROBLEM, *FIELD)


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
        "unset": spoilt(hardened(allowPrivilegeEscalation=None), PROBLEM),
        "no security context": spoilt(a_container(securityContext=None), PROBLEM),
        "true": spoilt(hardened(allowPrivilegeEscalation=True), PROBLEM),
        "a Linux pod": bad_example(
            workload(hardened(allowPrivilegeEscalation=True), os={"name": "linux"}),
            f"container 'api' (Deployment shop/marketplace) {PROBLEM}",
        ),
        **elsewhere(hardened("proxy", allowPrivilegeEscalation=None), PROBLEM),
    },
)
