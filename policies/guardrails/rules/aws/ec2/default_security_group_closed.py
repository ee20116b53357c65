"""The group that a VPC gives whoever names none lets nobody in or out.

Fields: `ingress` and `egress` of the VPC's default security group; unset means none. Each VPC has one whose `vpcId`
comes from it: what no program takes charge of is open. Reference: CIS AWS Foundations 5.5, FSBP EC2.2.
"""

from collections.abc import Sequence

from guardrails.aws.relations import require_dependent
from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.model.values import Unknown
from guardrails.rule import Rule, Severity, WholeStack

DEFAULT = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
VPC = "aws:ec2/vpc:Vpc"
OPEN = "leaves its default security group open"
PROBLEM = "lets somebody in or out"


def check(stack: Sequence[Object]) -> Violations:
    """Refuse any rule at all, and a VPC whose group nobody has closed."""
    groups = [obj for obj in stack if obj.id == DEFAULT]
    for group in groups:
        yield from _rules(group)
    yield from require_dependent([obj for obj in stack if obj.id == VPC], groups, "vpcId", OPEN)


def _rules(group: Object) -> Violations:
    for direction in ("ingress", "egress"):
        rules = group.at(direction)
        rules.expect(list)
        if any(not isinstance(rule.plain, Unknown) for rule in rules.elements()):
            yield group.fails(PROBLEM, direction)
        for rule in rules.elements():
            rule.record_unknown()


RULE = Rule(
    id="default-security-group-closed",
    title="Default security groups are closed",
    why="A machine whose author forgot its firewall lands in the default group, and should reach nothing from there.",
    fix="Declare the DefaultSecurityGroup without ingress and egress, and give each machine a group of its own.",
    severity=Severity.MEDIUM,
    covers=("optibid:73", "go-live-readiness:97"),
    kinds=frozenset({DEFAULT, VPC}),
    check=WholeStack(check),
    known_after_deploy=("vpcId",),
    allows={
        "closed": aws_resource(DEFAULT, vpcId="vpc-0a1b2c3d"),
        "a network's": (*aws_resource(VPC), *aws_resource(DEFAULT, "closed", vpcId=Unknown.LATER)),
        "said in full": aws_resource(DEFAULT, ingress=[], egress=[]),
    },
    refuses={
        "ingress": bad_example(
            aws_resource(DEFAULT, ingress=[{"protocol": "-1", "self": True, "fromPort": 0, "toPort": 0}]),
            f"DefaultSecurityGroup shop {PROBLEM}",
        ),
        "nobody's": bad_example(aws_resource(VPC), f"Vpc shop {OPEN}"),
        "one for two": bad_example(
            (*aws_resource(VPC), *aws_resource(VPC, "other"), *aws_resource(DEFAULT, "closed", vpcId=Unknown.LATER)),
            f"Vpc shop {OPEN}",
            f"Vpc other {OPEN}",
        ),
        "egress": bad_example(
            aws_resource(DEFAULT, egress=[{"protocol": "-1", "cidrBlocks": ["0.0.0.0/0"], "fromPort": 0, "toPort": 0}]),
            f"DefaultSecurityGroup shop {PROBLEM}",
        ),
    },
)
