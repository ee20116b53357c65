"""No container takes a port of its node, by the meaning of Pod Security `baseline` and `restricted`.

Restricted field: `ports[*].hostPort` of every container must be 0 or unset; 0 means unset.
"""

from guardrails.examples.kubernetes import a_container, elsewhere, spoilt, workload
from guardrails.kubernetes.pods import WORKLOADS, Pod
from guardrails.model.findings import Violations
from guardrails.rule import EachPod, Rule, Severity

PROBLEM = "takes a port of its node: its hostPort is set"


def check(pod: Pod) -> Violations:
    """Name each container and each port that is also the node's."""
    for container in pod.containers:
        for port in container.items("ports"):
            if port.differs_from("hostPort", than=(0,)):
                yield port.fails(PROBLEM, "hostPort")


RULE = Rule(
    id="no-host-port",
    title="Containers don't take ports of their node",
    why="A port of the node is open to whoever reaches the node, past network policies, and one pod fits on each node.",
    fix="Remove hostPort from the container's ports, and reach the pod through a Service.",
    severity=Severity.MEDIUM,
    covers=("production:15", "go-live-readiness:101", "go-live-readiness:16"),
    kinds=WORKLOADS,
    check=EachPod(check),
    allows={
        "unset": workload(a_container(ports=[{"containerPort": 8015}])),
        "zero means unset": workload(a_container(ports=[{"containerPort": 8015, "hostPort": 0}])),
        "no ports": workload(a_container(ports=[])),
    },
    refuses={
        "a port": spoilt(a_container(ports=[{"containerPort": 8015, "hostPort": 8015}]), PROBLEM),
        "one of several": spoilt(
            a_container(ports=[{"containerPort": 8015}, {"containerPort": 9090, "hostPort": 9090}]), PROBLEM
        ),
        **elsewhere(a_container("proxy", ports=[{"containerPort": 1, "hostPort": 1}]), PROBLEM),
    },
)
