"""A subnet gives nobody a public address unasked.

Field: `mapPublicIpOnLaunch`; unset is sound, but for the default VPC's own subnets, whose default is yes. Reference:
FSBP EC2.15.
"""

from guardrails.examples.aws import aws_resource, in_kinds
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

SUBNET = "aws:ec2/subnet:Subnet"
DEFAULT = "aws:ec2/defaultSubnet:DefaultSubnet"
KINDS = frozenset({SUBNET, DEFAULT})
FIELD = ("mapPublicIpOnLaunch",)
PROBLEM = "gives every machine a public address"


def check(obj: Object) -> Violations:
    """Ask for the one field."""
    if obj.differs_from(*FIELD, than=(False,)) or (obj.id == DEFAULT and obj.missing(*FIELD)):
        yield obj.fails(PROBLEM, *FIELD)


RULE = Rule(
    id="subnet-no-public-address",
    title="Subnets give out no public addresses",
    why="A machine with a public address is on the internet before anybody has thought about its firewall.",
    fix="Set mapPublicIpOnLaunch to false; load balancers and NAT gateways need no such subnet.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:97", "optibid:73"),
    kinds=KINDS,
    check=EachObject(check),
    allows={
        "set": aws_resource(SUBNET, mapPublicIpOnLaunch=False),
        "unset": aws_resource(SUBNET),
        "a default subnet": aws_resource(DEFAULT, mapPublicIpOnLaunch=False),
    },
    refuses={
        "a default subnet that does not say": bad_example(aws_resource(DEFAULT), f"DefaultSubnet shop {PROBLEM}"),
        "off": bad_example(aws_resource(SUBNET, mapPublicIpOnLaunch=True), f"Subnet shop {PROBLEM}"),
        **in_kinds(bad_example(aws_resource(SUBNET, mapPublicIpOnLaunch=True), f"Subnet shop {PROBLEM}"), KINDS),
        "a word": bad_example(aws_resource(SUBNET, mapPublicIpOnLaunch="perhaps"), f"Subnet shop {PROBLEM}"),
    },
)
