"""Nobody reaches SSH, RDP or every port from anywhere.

Ingress rules stand inside a security group (`ingress`) or alone. One is refused when it names every address of either
family and its protocol is any, or its ports include 22 or 3389. TCP or UDP without ports means all ports. Managed
prefix lists stand for their addresses, so none may hold every address. `blockPublicSecurityGroupRules` keeps clusters
of EMR from such groups. Reference: CIS AWS Foundations 5.3 and 5.4, FSBP EC2.53, EC2.54 and EMR.2.
"""

from guardrails.aws.security_groups import DEFAULT_GROUP, GROUP, INGRESS, KINDS, LIGHTSAIL, RULE_OF_GROUP, open_ports
from guardrails.examples.aws import aws_resource, in_kinds
from guardrails.examples.kubernetes import bad_example
from guardrails.model.cidr import is_world
from guardrails.model.findings import Violations
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain
from guardrails.rule import EachObject, Rule, Severity

ADMIN_PORTS = (22, 3389)
PREFIX_LIST = "aws:ec2/managedPrefixList:ManagedPrefixList"
ENTRY = "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry"
CLUSTERS = "aws:emr/blockPublicAccessConfiguration:BlockPublicAccessConfiguration"
BLOCK = "blockPublicSecurityGroupRules"
PROBLEM = "lets the whole world reach SSH, RDP or every port"
LISTED = "names the whole world, and no rule that uses it shows that"


def check(obj: Object) -> Violations:
    """Look for a way to an administrator's port, and for lists that would hide one."""
    if obj.id == CLUSTERS:
        if obj.is_not(BLOCK, value=True):
            yield obj.fails(PROBLEM, BLOCK)
        return
    if obj.id not in {PREFIX_LIST, ENTRY}:
        yield from open_ports(obj, ADMIN_PORTS, PROBLEM)
        return
    for entry in [obj] if obj.id == ENTRY else obj.items("entries"):
        entry.read("cidr")
        if is_world(entry.raw("cidr")):
            yield entry.fails(LISTED, "cidr")


def _group(**rule: Plain) -> tuple[Resource, ...]:
    return aws_resource(GROUP, ingress=[rule])


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
        "egress": aws_resource(
            RULE_OF_GROUP, type="egress", protocol="-1", fromPort=0, toPort=0, cidrBlocks=["0.0.0.0/0"]
        ),
        "no rules": aws_resource(GROUP),
        "closed clusters": aws_resource(CLUSTERS, blockPublicSecurityGroupRules=True),
        "SSH at Lightsail for some": aws_resource(
            LIGHTSAIL, portInfos=[{"protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrs": ["203.0.113.0/24"]}]
        ),
        "a list of networks": aws_resource(PREFIX_LIST, entries=[{"cidr": "203.0.113.0/24"}]),
    },
    refuses={
        "SSH": bad_example(
            _group(protocol="tcp", fromPort=22, toPort=22, cidrBlocks=["0.0.0.0/0"]), f"SecurityGroup shop {PROBLEM}"
        ),
        "RDP by IPv6": bad_example(
            _group(protocol="tcp", fromPort=3389, toPort=3389, ipv6CidrBlocks=["::/0"]), f"SecurityGroup shop {PROBLEM}"
        ),
        "half the world, the lower": bad_example(
            _group(protocol="tcp", fromPort=22, toPort=22, cidrBlocks=["0.0.0.0/1"]), f"SecurityGroup shop {PROBLEM}"
        ),
        "a list of everybody": bad_example(
            aws_resource(PREFIX_LIST, entries=[{"cidr": "10.0.0.0/8"}, {"cidr": "::/0"}]),
            f"ManagedPrefixList shop {LISTED}",
        ),
        "clusters": bad_example(
            aws_resource(CLUSTERS, blockPublicSecurityGroupRules=False),
            f"BlockPublicAccessConfiguration shop {PROBLEM}",
        ),
        "SSH at Lightsail": bad_example(
            aws_resource(LIGHTSAIL, portInfos=[{"protocol": "tcp", "fromPort": 22, "toPort": 22}]),
            f"InstancePublicPorts shop {PROBLEM}",
        ),
        "everybody in a list": bad_example(
            aws_resource(ENTRY, cidr="0.0.0.0/0"), f"ManagedPrefixListEntry shop {LISTED}"
        ),
        "a range around SSH": bad_example(
            _group(protocol="tcp", fromPort=0, toPort=1024, cidrBlocks=["10.0.0.0/8", "0.0.0.0/0"]),
            f"SecurityGroup shop {PROBLEM}",
        ),
        "any protocol": bad_example(
            _group(protocol="-1", fromPort=0, toPort=0, cidrBlocks=["0.0.0.0/0"]), f"SecurityGroup shop {PROBLEM}"
        ),
        "in capitals": bad_example(
            _group(protocol="TCP", fromPort=22, toPort=22, cidrBlocks=["0.0.0.0/0"]), f"SecurityGroup shop {PROBLEM}"
        ),
        "TCP by its number": bad_example(
            _group(protocol=6, fromPort=22, toPort=22, cidrBlocks=["0.0.0.0/0"]), f"SecurityGroup shop {PROBLEM}"
        ),
        "half the world": bad_example(
            _group(protocol="tcp", fromPort=22, toPort=22, cidrBlocks=["128.0.0.0/1"]), f"SecurityGroup shop {PROBLEM}"
        ),
        "all of IPv6 that is routed": bad_example(
            _group(protocol="tcp", fromPort=22, toPort=22, ipv6CidrBlocks=["2000::/3"]), f"SecurityGroup shop {PROBLEM}"
        ),
        "ports unset": bad_example(_group(protocol="tcp", cidrBlocks=["0.0.0.0/0"]), f"SecurityGroup shop {PROBLEM}"),
        "a rule by itself": bad_example(
            aws_resource(
                RULE_OF_GROUP, type="ingress", protocol="tcp", fromPort=22, toPort=22, cidrBlocks=["0.0.0.0/0"]
            ),
            f"SecurityGroupRule shop {PROBLEM}",
        ),
        "an ingress rule by itself": bad_example(
            aws_resource(INGRESS, ipProtocol="-1", cidrIpv4="0.0.0.0/0"), f"SecurityGroupIngressRule shop {PROBLEM}"
        ),
        **in_kinds(
            bad_example(_group(protocol="-1", cidrBlocks=["0.0.0.0/0"]), f"SecurityGroup shop {PROBLEM}"),
            [DEFAULT_GROUP],
        ),
    },
)
