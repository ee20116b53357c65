"""A data warehouse loads and unloads through the VPC.

Field: `enhancedVpcRouting` of Redshift clusters and of serverless workgroups; unset means no. Reference: FSBP
Redshift.7 and RedshiftServerless.1.
"""

from guardrails.examples.aws import in_kinds, made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

CLUSTER = "aws:redshift/cluster:Cluster"
KINDS = frozenset({CLUSTER, "aws:redshiftserverless/workgroup:Workgroup"})
FIELD = "enhancedVpcRouting"
WRONG = "copies data past the VPC"


def check(warehouse: Object) -> Faults:
    """Ask for the one field."""
    if warehouse.lacks(FIELD, value=True):
        yield warehouse.fails(WRONG, FIELD)


RULE = Rule(
    id="warehouse-routes-privately",
    title="Warehouses copy data through the VPC only",
    why="What is loaded and unloaded would cross networks that no security group, endpoint or flow log sees.",
    fix="Set enhancedVpcRouting to true.",
    severity=Severity.MEDIUM,
    covers=("go-live-readiness:97",),
    kinds=KINDS,
    check=EachObject(check),
    allows={
        "on": made(CLUSTER, enhancedVpcRouting=True),
        "on, serverless": made("aws:redshiftserverless/workgroup:Workgroup", enhancedVpcRouting=True),
    },
    refuses={
        "off": refusal(made(CLUSTER, enhancedVpcRouting=False), f"Cluster shop {WRONG}"),
        **in_kinds(refusal(made(CLUSTER), f"Cluster shop {WRONG}"), KINDS),
        "unset": refusal(made(CLUSTER), f"Cluster shop {WRONG}"),
    },
)
