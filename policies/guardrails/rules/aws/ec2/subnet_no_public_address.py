"""A subnet gives nobody a public address unasked.

Field: `mapPublicIpOnLaunch`; unset is sound, but for the default VPC's own subnets, whose default is yes. Reference:
FSBP EC2.15.
"""

from guardrails.examples.aws import in_kinds, made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

SUBNET = "aws:ec2/subnet:Subnet"
DEFAULT = "aws:ec2/defaultSubnet:DefaultSubnet"
KINDS = frozenset({SUBNET, DEFAULT})
FIELD = ("mapPublicIpOnLaunch",)
WRONG = "gives every machine a public address"


def check(found: Object) -> Faults:
    """Ask for the one field."""
    if found.other(*FIELD, than=(False,)) or (found.id == DEFAULT and found.missing(*FIELD)):
        yield found.fails(WRONG, *FIELD)


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
        "set": made(SUBNET, mapPublicIpOnLaunch=False),
        "unset": made(SUBNET),
        "a default subnet": made(DEFAULT, mapPublicIpOnLaunch=False),
    },
    refuses={
        "a default subnet that does not say": refusal(made(DEFAULT), f"DefaultSubnet shop {WRONG}"),
        "off": refusal(made(SUBNET, mapPublicIpOnLaunch=True), f"Subnet shop {WRONG}"),
        **in_kinds(refusal(made(SUBNET, mapPublicIpOnLaunch=True), f"Subnet shop {WRONG}"), KINDS),
        "a word": refusal(made(SUBNET, mapPublicIpOnLaunch="perhaps"), f"Subnet shop {WRONG}"),
    },
)
