"""Nobody reaches SSH, RDP or every port from anywhere.

Ingress rules stand inside a security group (`ingress`) or alone. One is refused when it names every address of either
family and its protocol is any, or its ports include 22 or 3389. TCP or UDP without ports means all ports. Managed
prefix lists stand for their addresses, so none may hold every address. `blockPublicSecurityGroupRules` keeps clusters
of EMR from such groups. Reference: CIS AWS Foundations 5.3 and 5.4, FSBP EC2.53, EC2.54 and EMR.2.
"""

from guardrails.aws.security_groups import DEFAULT_GROUP, GROUP, INGRESS, KINDS, LIGHTSAIL, RULE_OF_GROUP, open_ports
from guardrails.examples.aws import in_kinds, made
from guardrails.examples.kubernetes import refusal
from guardrails.model.cidr import is_world
from guardrails.model.findings import Faults
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain
from guardrails.rule import EachObject, Rule, Severity

ADMIN_PORTS = (22, 3389)
PREFIX_LIST = "aws:ec2/managedPrefixList:ManagedPrefixList"
ENTRY = "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry"
CLUSTERS = "aws:emr/blockPublicAccessConfiguration:BlockPublicAccessConfiguration"
BLOCK = "blockPublicSecurityGroupRules"
WRONG = "lets the whole world reach SSH, RDP or every port"
LISTED = "names the whole world, and no rule that uses it shows that"


def check(found: Object) -> Faults:
    """Look for a way to an administrator's port, and for lists that would hide one."""
    if found.id == CLUSTERS:
        if found.lacks(BLOCK, value=True):
            yield found.fails(WRONG, BLOCK)
        return
    if found.id not in {PREFIX_LIST, ENTRY}:
        yield from open_ports(found, ADMIN_PORTS, WRONG)
        return
    for entry in [found] if found.id == ENTRY else found.items("entries"):
        entry.read("cidr")
        if is_world(entry.look("cidr")):
            yield entry.fails(LISTED, "cidr")


def _group(**rule: Plain) -> tuple[Resource, ...]:
    return made(GROUP, ingress=[rule])


RULE = Rule(
    id="no-world-ingress",
    title="Security groups keep the world from administrative ports",
    why="Ports for administrators that face the internet are tried around the clock, and one weak login is enough.",
    fix="Name the networks that need it in cidrBlocks, or use Session Manager and open no port.",
    severity=Severity.CRITICAL,
    covers=("optibid:73", "optibid:74", "production:17"),
    kinds=KINDS | {PREFIX_LIST, ENTRY, CLUSTERS},
    check=EachObject(check),
    allows={
        "HTTPS for all": _group(protocol="tcp", fromPort=443, toPort=443, cidrBlocks=["0.0.0.0/0"]),
        "SSH for some": _group(protocol="tcp", fromPort=22, toPort=22, cidrBlocks=["203.0.113.0/24"]),
        "SSH for private networks": _group(protocol="tcp", fromPort=22, toPort=22, ipv6CidrBlocks=["fc00::/7"]),
        "egress": made(RULE_OF_GROUP, type="egress", protocol="-1", fromPort=0, toPort=0, cidrBlocks=["0.0.0.0/0"]),
        "no rules": made(GROUP),
        "closed clusters": made(CLUSTERS, blockPublicSecurityGroupRules=True),
        "SSH at Lightsail for some": made(
            LIGHTSAIL, portInfos=[{"protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrs": ["203.0.113.0/24"]}]
        ),
        "a list of networks": made(PREFIX_LIST, entries=[{"cidr": "203.0.113.0/24"}]),
    },
    refuses={
        "SSH": refusal(
            _group(protocol="tcp", fromPort=22, toPort=22, cidrBlocks=["0.0.0.0/0"]), f"SecurityGroup shop {WRONG}"
        ),
        "RDP by IPv6": refusal(
            _group(protocol="tcp", fromPort=3389, toPort=3389, ipv6CidrBlocks=["::/0"]), f"SecurityGroup shop {WRONG}"
        ),
        "half the world, the lower": refusal(
            _group(protocol="tcp", fromPort=22, toPort=22, cidrBlocks=["0.0.0.0/1"]), f"SecurityGroup shop {WRONG}"
        ),
        "a list of everybody": refusal(
            made(PREFIX_LIST, entries=[{"cidr": "10.0.0.0/8"}, {"cidr": "::/0"}]), f"ManagedPrefixList shop {LISTED}"
        ),
        "clusters": refusal(
            made(CLUSTERS, blockPublicSecurityGroupRules=False), f"BlockPublicAccessConfiguration shop {WRONG}"
        ),
        "SSH at Lightsail": refusal(
            made(LIGHTSAIL, portInfos=[{"protocol": "tcp", "fromPort": 22, "toPort": 22}]),
            f"InstancePublicPorts shop {WRONG}",
        ),
        "everybody in a list": refusal(made(ENTRY, cidr="0.0.0.0/0"), f"ManagedPrefixListEntry shop {LISTED}"),
        "a range around SSH": refusal(
            _group(protocol="tcp", fromPort=0, toPort=1024, cidrBlocks=["10.0.0.0/8", "0.0.0.0/0"]),
            f"SecurityGroup shop {WRONG}",
        ),
        "any protocol": refusal(
            _group(protocol="-1", fromPort=0, toPort=0, cidrBlocks=["0.0.0.0/0"]), f"SecurityGroup shop {WRONG}"
        ),
        "in capitals": refusal(
            _group(protocol="TCP", fromPort=22, toPort=22, cidrBlocks=["0.0.0.0/0"]), f"SecurityGroup shop {WRONG}"
        ),
        "TCP by its number": refusal(
            _group(protocol=6, fromPort=22, toPort=22, cidrBlocks=["0.0.0.0/0"]), f"SecurityGroup shop {WRONG}"
        ),
        "half the world": refusal(
            _group(protocol="tcp", fromPort=22, toPort=22, cidrBlocks=["128.0.0.0/1"]), f"SecurityGroup shop {WRONG}"
        ),
        "all of IPv6 that is routed": refusal(
            _group(protocol="tcp", fromPort=22, toPort=22, ipv6CidrBlocks=["2000::/3"]), f"SecurityGroup shop {WRONG}"
        ),
        "ports unset": refusal(_group(protocol="tcp", cidrBlocks=["0.0.0.0/0"]), f"SecurityGroup shop {WRONG}"),
        "a rule by itself": refusal(
            made(RULE_OF_GROUP, type="ingress", protocol="tcp", fromPort=22, toPort=22, cidrBlocks=["0.0.0.0/0"]),
            f"SecurityGroupRule shop {WRONG}",
        ),
        "an ingress rule by itself": refusal(
            made(INGRESS, ipProtocol="-1", cidrIpv4="0.0.0.0/0"), f"SecurityGroupIngressRule shop {WRONG}"
        ),
        **in_kinds(
            refusal(_group(protocol="-1", cidrBlocks=["0.0.0.0/0"]), f"SecurityGroup shop {WRONG}"), [DEFAULT_GROUP]
        ),
    },
)
