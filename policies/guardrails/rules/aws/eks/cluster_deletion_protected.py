"""A cluster can't be deleted by one wrong word.

Field: `deletionProtection`; unset means no. Reference: the EKS best practices.
"""

from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

CLUSTER = "aws:eks/cluster:Cluster"
FIELD = ("deletionProtection",)
PROBLEM = "can be deleted at once"


def check(obj: Object) -> Violations:
    """Ask for the one field."""
    if obj.is_not(*FIELD, value=True):
        yield obj.fails(PROBLEM, *FIELD)


RULE = Rule(
    id="cluster-deletion-protected",
    title="Clusters are protected from deletion",
    why="With the cluster everything goes that runs in it, and a wrong stack name is enough.",
    fix="Set deletionProtection to true.",
    severity=Severity.HIGH,
    covers=("production:6", "go-live-readiness:25"),
    kinds=frozenset({CLUSTER}),
    check=EachObject(check),
    allows={
        "set": aws_resource(CLUSTER, deletionProtection=True),
        "among other fields": aws_resource(CLUSTER, name="shop", deletionProtection=True),
    },
    refuses={
        "unset": bad_example(aws_resource(CLUSTER), f"Cluster shop {PROBLEM}"),
        "null": bad_example(aws_resource(CLUSTER, deletionProtection=None), f"Cluster shop {PROBLEM}"),
        "off": bad_example(aws_resource(CLUSTER, deletionProtection=False), f"Cluster shop {PROBLEM}"),
    },
)
