"""The group that a VPC gives whoever names none lets nobody in or out.

Fields: `ingress` and `egress` of the VPC's default security group; unset means none. Each VPC has one whose `vpcId`
comes from it: what no program takes charge of is open. Reference: CIS AWS Foundations 5.5, FSBP EC2.2.
"""

from collections.abc import Sequence

from guardrails.aws.relations import lacks_follower
from guardrails.examples.aws import made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
from guardrails.model.resources import Object
from guardrails.model.values import Unknown
from guardrails.rule import Rule, Severity, WholeStack

DEFAULT = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
VPC = "aws:ec2/vpc:Vpc"
OPEN = "leaves its default security group open"
WRONG = "lets somebody in or out"


def check(stack: Sequence[Object]) -> Faults:
    """Refuse any rule at all, and a VPC whose group nobody has closed."""
    groups = [found for found in stack if found.id == DEFAULT]
    for group in groups:
        yield from _rules(group)
    yield from lacks_follower([found for found in stack if found.id == VPC], groups, "vpcId", OPEN)


def _rules(group: Object) -> Faults:
    for direction in ("ingress", "egress"):
        rules = group.at(direction)
        rules.expect(list)
        if any(not isinstance(rule.plain, Unknown) for rule in rules.elements()):
            yield group.fails(WRONG, direction)
        for rule in rules.elements():
            rule.noted()


RULE = Rule(
    id="default-security-group-closed",
    title="Default security groups are closed",
    why="A machine whose author forgot its firewall lands in the default group, and should reach nothing from there.",
    fix="Declare the DefaultSecurityGroup without ingress and egress, and give each machine a group of its own.",
    severity=Severity.MEDIUM,
    covers=("optibid:73", "go-live-readiness:97"),
    kinds=frozenset({DEFAULT, VPC}),
    check=WholeStack(check),
    awaits=("vpcId",),
    allows={
        "closed": made(DEFAULT, vpcId="vpc-0a1b2c3d"),
        "a network's": (*made(VPC), *made(DEFAULT, "closed", vpcId=Unknown.LATER)),
        "said in full": made(DEFAULT, ingress=[], egress=[]),
    },
    refuses={
        "ingress": refusal(
            made(DEFAULT, ingress=[{"protocol": "-1", "self": True, "fromPort": 0, "toPort": 0}]),
            f"DefaultSecurityGroup shop {WRONG}",
        ),
        "nobody's": refusal(made(VPC), f"Vpc shop {OPEN}"),
        "one for two": refusal(
            (*made(VPC), *made(VPC, "other"), *made(DEFAULT, "closed", vpcId=Unknown.LATER)),
            f"Vpc shop {OPEN}",
            f"Vpc other {OPEN}",
        ),
        "egress": refusal(
            made(DEFAULT, egress=[{"protocol": "-1", "cidrBlocks": ["0.0.0.0/0"], "fromPort": 0, "toPort": 0}]),
            f"DefaultSecurityGroup shop {WRONG}",
        ),
    },
)
