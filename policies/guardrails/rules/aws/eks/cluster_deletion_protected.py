"""A cluster can't be deleted by one wrong word.

Field: `deletionProtection`; unset means no. Reference: the EKS best practices.
"""

from guardrails.examples.aws import made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

CLUSTER = "aws:eks/cluster:Cluster"
FIELD = ("deletionProtection",)
WRONG = "can be deleted at once"


def check(found: Object) -> Faults:
    """Ask for the one field."""
    if found.lacks(*FIELD, value=True):
        yield found.fails(WRONG, *FIELD)


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
        "set": made(CLUSTER, deletionProtection=True),
        "among other fields": made(CLUSTER, name="shop", deletionProtection=True),
    },
    refuses={
        "unset": refusal(made(CLUSTER), f"Cluster shop {WRONG}"),
        "null": refusal(made(CLUSTER, deletionProtection=None), f"Cluster shop {WRONG}"),
        "off": refusal(made(CLUSTER, deletionProtection=False), f"Cluster shop {WRONG}"),
    },
)
