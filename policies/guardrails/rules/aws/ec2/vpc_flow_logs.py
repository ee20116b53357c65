"""A VPC writes down who spoke to whom.

Each VPC has a flow log whose `vpcId` comes from it and whose `trafficType` includes what was turned away. Reference:
CIS AWS Foundations 3.7, FSBP EC2.6.
"""

from collections.abc import Sequence

from guardrails.aws.relations import require_dependent
from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.model.values import Unknown
from guardrails.rule import Rule, Severity, WholeStack

VPC = "aws:ec2/vpc:Vpc"
LOG = "aws:ec2/flowLog:FlowLog"
PROBLEM = "keeps no record of who spoke to whom"


def check(stack: Sequence[Object]) -> Violations:
    """Find each network's log."""
    logs = [obj for obj in stack if obj.id == LOG and not obj.differs_from("trafficType", than=("ALL", "REJECT"))]
    yield from require_dependent([obj for obj in stack if obj.id == VPC], logs, "vpcId", PROBLEM)


NETWORK = aws_resource(VPC, cidrBlock="10.20.0.0/16")

RULE = Rule(
    id="vpc-flow-logs",
    title="Networks keep flow logs",
    why="After a break-in the flow logs are the only record of where the intruder went and what left the network.",
    fix="Declare a FlowLog with the VPC's id for each VPC.",
    severity=Severity.MEDIUM,
    covers=("go-live-readiness:104", "optibid:64"),
    kinds=frozenset({VPC, LOG}),
    check=WholeStack(check),
    known_after_deploy=("vpcId",),
    allows={
        "one each": (*NETWORK, *aws_resource(LOG, "log", vpcId="vpc-0a1b2c3d")),
        "of the same program": (*NETWORK, *aws_resource(LOG, "log", vpcId=Unknown.LATER)),
        "no network": aws_resource(LOG, "log", vpcId="vpc-0a1b2c3d"),
    },
    refuses={
        "none": bad_example(NETWORK, f"Vpc shop {PROBLEM}"),
        "of what was let in only": bad_example(
            (*NETWORK, *aws_resource(LOG, "log", vpcId="vpc-0a1b2c3d", trafficType="ACCEPT")), f"Vpc shop {PROBLEM}"
        ),
        "one network's twice": bad_example(
            (
                *NETWORK,
                *aws_resource(VPC, "other", cidrBlock="10.30.0.0/16"),
                *aws_resource(LOG, "log", vpcId="vpc-0a1b2c3d"),
                *aws_resource(LOG, "again", vpcId="vpc-0a1b2c3d"),
            ),
            f"Vpc shop {PROBLEM}",
            f"Vpc other {PROBLEM}",
        ),
        "of a subnet only": bad_example(
            (*NETWORK, *aws_resource(LOG, "log", subnetId="subnet-0a1b2c3d")), f"Vpc shop {PROBLEM}"
        ),
    },
)
