"""No pod shares its node's network, by the meaning of Pod Security `baseline` and `restricted`.

Restricted field: `hostNetwork` of the pod's spec must be false or unset.
"""

from guardrails.examples.kubernetes import switched
from guardrails.kubernetes.pods import WORKLOADS, Pod
from guardrails.model.findings import Violations
from guardrails.rule import EachPod, Rule, Severity

PROBLEM = "shares its node's network: its hostNetwork is not false"


def check(pod: Pod) -> Violations:
    """Name each pod that leaves its own namespace."""
    if pod.differs_from("hostNetwork", than=(False,)):
        yield pod.fails(PROBLEM, "hostNetwork")


OFF, ON = switched("hostNetwork", PROBLEM)

RULE = Rule(
    id="no-host-network",
    title="Pods don't share their node's network",
    why="On its node's network a pod is out of reach of network policies, and reads what others send on the loopback.",
    fix="Remove hostNetwork from the pod's spec, and reach the pod through a Service.",
    severity=Severity.HIGH,
    covers=("production:15", "go-live-readiness:101", "go-live-readiness:16"),
    kinds=WORKLOADS,
    check=EachPod(check),
    allows=OFF,
    refuses=ON,
)
