"""A node group has two nodes at least, in two subnets at least.

Fields: `scalingConfig.minSize` and `subnetIds`. Subnets are counted, so they may be known only later.
"""

from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.model.values import Unknown
from guardrails.rule import EachObject, Rule, Severity

NODES = "aws:eks/nodeGroup:NodeGroup"
LEAST = 2
FEW = "may shrink below 2 nodes"
NEAR = "names fewer than 2 subnets"


def check(nodes: Object) -> Violations:
    """Count nodes and subnets."""
    least = nodes.read("scalingConfig", "minSize")
    if not isinstance(least, int | float) or isinstance(least, bool) or least < LEAST:
        yield nodes.fails(FEW, "scalingConfig", "minSize")
    subnets = nodes.read("subnetIds")
    if not isinstance(subnets, Unknown) and len(nodes.at("subnetIds").elements()) < LEAST:
        yield nodes.fails(NEAR, "subnetIds")


RULE = Rule(
    id="node-group-survives-zone",
    title="Node groups outlive a node and a zone",
    why="With one node, or one zone, a single failure takes every pod away at once.",
    fix="Set scalingConfig.minSize (cluster.nodes.min in the stack file) to 2 or more, and name subnets of two zones.",
    severity=Severity.MEDIUM,
    covers=("go-live-readiness:25", "production:6", "signal-service-v2:22"),
    kinds=frozenset({NODES}),
    check=EachObject(check),
    allows={
        "two": aws_resource(NODES, scalingConfig={"minSize": 2}, subnetIds=["subnet-a", "subnet-b"]),
        "three": aws_resource(NODES, scalingConfig={"minSize": 3}, subnetIds=["subnet-a", "subnet-b", "subnet-c"]),
    },
    refuses={
        "one node": bad_example(
            aws_resource(NODES, scalingConfig={"minSize": 1}, subnetIds=["subnet-a", "subnet-b"]),
            f"NodeGroup shop {FEW}",
        ),
        "one subnet": bad_example(
            aws_resource(NODES, scalingConfig={"minSize": 2}, subnetIds=["subnet-a"]), f"NodeGroup shop {NEAR}"
        ),
        "unset": bad_example(aws_resource(NODES), f"NodeGroup shop {FEW}", f"NodeGroup shop {NEAR}"),
        "null": bad_example(
            aws_resource(NODES, scalingConfig={"minSize": None}, subnetIds=[]),
            f"NodeGroup shop {FEW}",
            f"NodeGroup shop {NEAR}",
        ),
    },
)
