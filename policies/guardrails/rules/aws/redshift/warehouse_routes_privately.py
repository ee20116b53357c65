"""A data warehouse loads and unloads through the VPC.

Field: `enhancedVpcRouting` of Redshift clusters and of serverless workgroups; unset means no. Reference: FSBP
Redshift.7 and RedshiftServerless.1.
"""

from guardrails.examples.aws import aws_resource, in_kinds
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

CLUSTER = "aws:redshift/cluster:Cluster"
KINDS = frozenset({CLUSTER, "aws:redshiftserverless/workgroup:Workgroup"})
FIELD = "enhancedVpcRouting"
PROBLEM = "copies data past the VPC"


def check(warehouse: Object) -> Violations:
    """Ask for the one field."""
    if warehouse.is_not(FIELD, value=True):
        yield warehouse.fails(PROBLEM, FIELD)


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
        "on": aws_resource(CLUSTER, enhancedVpcRouting=True),
        "on, serverless": aws_resource("aws:redshiftserverless/workgroup:Workgroup", enhancedVpcRouting=True),
    },
    refuses={
        "off": bad_example(aws_resource(CLUSTER, enhancedVpcRouting=False), f"Cluster shop {PROBLEM}"),
        **in_kinds(bad_example(aws_resource(CLUSTER), f"Cluster shop {PROBLEM}"), KINDS),
        "unset": bad_example(aws_resource(CLUSTER), f"Cluster shop {PROBLEM}"),
    },
)
