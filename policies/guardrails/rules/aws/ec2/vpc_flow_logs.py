"""A VPC writes down who spoke to whom.

Each VPC has a flow log whose `vpcId` comes from it and whose `trafficType` includes what was turned away. Reference:
CIS AWS Foundations 3.7, FSBP EC2.6.
"""

from collections.abc import Sequence

from guardrails.aws.relations import lacks_follower
from guardrails.examples.aws import made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
from guardrails.model.resources import Object
from guardrails.model.values import Unknown
from guardrails.rule import Rule, Severity, WholeStack

VPC = "aws:ec2/vpc:Vpc"
LOG = "aws:ec2/flowLog:FlowLog"
WRONG = "keeps no record of who spoke to whom"


def check(stack: Sequence[Object]) -> Faults:
    """Find each network's log."""
    logs = [found for found in stack if found.id == LOG and not found.other("trafficType", than=("ALL", "REJECT"))]
    yield from lacks_follower([found for found in stack if found.id == VPC], logs, "vpcId", WRONG)


NETWORK = made(VPC, cidrBlock="10.20.0.0/16")

RULE = Rule(
    id="vpc-flow-logs",
    title="Networks keep flow logs",
    why="After a break-in the flow logs are the only record of where the intruder went and what left the network.",
    fix="Declare a FlowLog with the VPC's id for each VPC.",
    severity=Severity.MEDIUM,
    covers=("go-live-readiness:104", "optibid:64"),
    kinds=frozenset({VPC, LOG}),
    check=WholeStack(check),
    awaits=("vpcId",),
    allows={
        "one each": (*NETWORK, *made(LOG, "log", vpcId="vpc-0a1b2c3d")),
        "of the same program": (*NETWORK, *made(LOG, "log", vpcId=Unknown.LATER)),
        "no network": made(LOG, "log", vpcId="vpc-0a1b2c3d"),
    },
    refuses={
        "none": refusal(NETWORK, f"Vpc shop {WRONG}"),
        "of what was let in only": refusal(
            (*NETWORK, *made(LOG, "log", vpcId="vpc-0a1b2c3d", trafficType="ACCEPT")), f"Vpc shop {WRONG}"
        ),
        "one network's twice": refusal(
            (
                *NETWORK,
                *made(VPC, "other", cidrBlock="10.30.0.0/16"),
                *made(LOG, "log", vpcId="vpc-0a1b2c3d"),
                *made(LOG, "again", vpcId="vpc-0a1b2c3d"),
            ),
            f"Vpc shop {WRONG}",
            f"Vpc other {WRONG}",
        ),
        "of a subnet only": refusal((*NETWORK, *made(LOG, "log", subnetId="subnet-0a1b2c3d")), f"Vpc shop {WRONG}"),
    },
)
