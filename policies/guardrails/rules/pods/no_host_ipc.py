"""No pod shares its node's inter-process communication, by the meaning of Pod Security `baseline` and `restricted`.

Restricted field: `hostIPC` of the pod's spec must be false or unset.
"""

from guardrails.examples.kubernetes import switched
from guardrails.kubernetes.pods import WORKLOADS, Pod
from guardrails.model.findings import Violations
from guardrails.rule import EachPod, Rule, Severity

PROBLEM = "shares its node's inter-process communication: its hostIPC is not false"


def check(pod: Pod) -> Violations:
    """Name each pod that leaves its own namespace."""
    if pod.differs_from("hostIPC", than=(False,)):
        yield pod.fails(PROBLEM, "hostIPC")


OFF, ON = switched("hostIPC", PROBLEM)

RULE = Rule(
    id="no-host-ipc",
    title="Pods don't share their node's inter-process communication",
    why="Shared memory of the node's processes is theirs: a pod that sees it can read it and write it.",
    fix="Remove hostIPC from the pod's spec; containers of one pod share memory without it.",
    severity=Severity.HIGH,
    covers=("production:15", "go-live-readiness:101", "go-live-readiness:16"),
    kinds=WORKLOADS,
    check=EachPod(check),
    allows=OFF,
    refuses=ON,
)
