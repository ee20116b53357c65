"""No pod shares its node's processes, by the meaning of Pod Security `baseline` and `restricted`.

Restricted field: `hostPID` of the pod's spec must be false or unset.
"""

from guardrails.examples.kubernetes import switched
from guardrails.kubernetes.pods import WORKLOADS, Pod
from guardrails.model.findings import Violations
from guardrails.rule import EachPod, Rule, Severity

PROBLEM = "shares its node's processes: its hostPID is not false"


def check(pod: Pod) -> Violations:
    """Name each pod that leaves its own namespace."""
    if pod.differs_from("hostPID", than=(False,)):
        yield pod.fails(PROBLEM, "hostPID")


OFF, ON = switched("hostPID", PROBLEM)

RULE = Rule(
    id="no-host-pid",
    title="Pods don't share their node's processes",
    why="Among its node's processes a pod reads the environment of every other one, secrets included.",
    fix="Remove hostPID from the pod's spec.",
    severity=Severity.HIGH,
    covers=("production:15", "go-live-readiness:101", "go-live-readiness:16"),
    kinds=WORKLOADS,
    check=EachPod(check),
    allows=OFF,
    refuses=ON,
)
