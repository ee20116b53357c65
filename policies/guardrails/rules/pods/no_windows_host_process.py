"""No Windows container is a process of its node, by the meaning of Pod Security `baseline` and `restricted`.

Restricted field: `securityContext.windowsOptions.hostProcess` of the pod and of every container must be false or
unset.
"""

from guardrails.examples.kubernetes import a_container, bad_example, elsewhere, hardened, spoilt, workload
from guardrails.kubernetes.pods import WORKLOADS, Pod
from guardrails.model.findings import Violations
from guardrails.rule import EachPod, Rule, Severity

FIELD = ("securityContext", "windowsOptions", "hostProcess")
PROBLEM = "is a process of its Windows node: its hostProcess is not false"


def check(pod: Pod) -> Violations:
    """Name the pod and each container that runs on the node itself."""
    if pod.differs_from(*FIELD, than=(False,)):
        yield pod.fails(PROBLEM, *FIELD)
    for container in pod.containers:
        if container.differs_from(*FIELD, than=(False,)):
            yield container.fails(PROBLEM, *FIELD)


RULE = Rule(
    id="no-windows-host-process",
    title="No Windows container is a process of its node",
    why="A host process has the node's rights; it is to Windows what a privileged container is to Linux.",
    fix="Remove windowsOptions.hostProcess, or set it to false.",
    severity=Severity.HIGH,
    covers=("production:15", "go-live-readiness:101", "go-live-readiness:16"),
    kinds=WORKLOADS,
    check=EachPod(check),
    allows={
        "unset": workload(a_container()),
        "false": workload(hardened(windowsOptions={"hostProcess": False}), os={"name": "windows"}),
        "other options": workload(a_container(), securityContext={"windowsOptions": {"runAsUserName": "app"}}),
    },
    refuses={
        "a container": spoilt(hardened(windowsOptions={"hostProcess": True}), PROBLEM),
        "the pod": bad_example(
            workload(a_container(), securityContext={"windowsOptions": {"hostProcess": True}}),
            f"Deployment shop/marketplace {PROBLEM}",
        ),
        **elsewhere(hardened("proxy", windowsOptions={"hostProcess": True}), PROBLEM),
    },
)
