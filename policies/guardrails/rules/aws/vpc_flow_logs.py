"""A VPC writes down who spoke to whom.

There are at least as many flow logs with a `vpcId` as there are VPCs; which log belongs to which VPC only AWS knows in
a preview. Reference: CIS AWS Foundations 3.7, FSBP EC2.6.
"""

from collections.abc import Sequence

from guardrails.amazon import is_given, made, outnumbered
from guardrails.examples import refusal
from guardrails.plain import Unknown
from guardrails.resources import Object
from guardrails.rule import Faults, Rule, Severity, WholeStack

VPC = "aws:ec2/vpc:Vpc"
LOG = "aws:ec2/flowLog:FlowLog"
WRONG = "keeps no record of who spoke to whom"


def check(stack: Sequence[Object]) -> Faults:
    """Count VPCs and their logs."""
    logs = [found for found in stack if found.id == LOG and _is_sound(found)]
    yield from outnumbered([found for found in stack if found.id == VPC], logs, WRONG)


def _is_sound(log: Object) -> bool:
    """It belongs to a whole network, and records what was turned away."""
    return is_given(log, "vpcId") and not log.other("trafficType", than=("ALL", "REJECT"))


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
        "of a subnet only": refusal((*NETWORK, *made(LOG, "log", subnetId="subnet-0a1b2c3d")), f"Vpc shop {WRONG}"),
    },
)
