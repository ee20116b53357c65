"""Nobody reaches SSH, RDP or every port from anywhere.

Ingress rules stand inside a security group (`ingress`) or alone. One is refused when it names every address of either
family and its protocol is any, or its ports include 22 or 3389. TCP or UDP without ports means all ports.
"""

from collections.abc import Iterator

from guardrails.amazon import is_world, made, texts
from guardrails.examples import refusal
from guardrails.node import Node
from guardrails.plain import Plain, Unknown
from guardrails.resources import Object, Resource
from guardrails.rule import EachObject, Faults, Rule, Severity

GROUP = "aws:ec2/securityGroup:SecurityGroup"
RULE_OF_GROUP = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
KINDS = frozenset({GROUP, "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", RULE_OF_GROUP, INGRESS})
CIDRS = ("cidrBlocks", "ipv6CidrBlocks", "cidrIpv4", "cidrIpv6")
ADMIN_PORTS = (22, 3389)
LAST = 65535
WRONG = "lets the whole world reach SSH, RDP or every port"


def check(found: Object) -> Faults:
    """Ask each rule whom it lets in, and where to."""
    for rule in _rules(found):
        if not _is_dangerous(rule):
            continue
        if any(is_world(cidr) for field in CIDRS for cidr in texts(rule.at(field))):
            decisive = [rule.read(field) for field in ("type", "protocol", "ipProtocol", "fromPort", "toPort")]
            if not any(isinstance(value, Unknown) for value in decisive):
                yield rule.fails(WRONG)


def _rules(found: Object) -> Iterator[Node]:
    if found.id == RULE_OF_GROUP:
        if found.read("type") == "ingress" or isinstance(found.peek("type"), Unknown):
            yield found
    elif found.id == INGRESS:
        yield found
    else:
        yield from found.items("ingress")


def _is_dangerous(rule: Node) -> bool:
    """It could be, as far as is known."""
    protocol = rule.peek("protocol") if rule.peek("ipProtocol") is None else rule.peek("ipProtocol")
    if protocol not in {"tcp", "udp", "6", "17"}:
        return isinstance(protocol, Unknown) or protocol in {"-1", "all", -1, None}
    first, last = rule.peek("fromPort"), rule.peek("toPort")
    low = first if isinstance(first, int | float) else 0
    high = last if isinstance(last, int | float) else LAST
    return any(low <= port <= high for port in ADMIN_PORTS)


def _group(**rule: Plain) -> tuple[Resource, ...]:
    return made(GROUP, ingress=[rule])


RULE = Rule(
    id="no-world-ingress",
    title="Security groups keep the world from administrative ports",
    why="Ports for administrators that face the internet are tried around the clock, and one weak login is enough.",
    fix="Name the networks that need it in cidrBlocks, or use Session Manager and open no port.",
    severity=Severity.CRITICAL,
    covers=("optibid:73", "optibid:74", "production:17"),
    kinds=KINDS,
    check=EachObject(check),
    allows={
        "HTTPS for all": _group(protocol="tcp", fromPort=443, toPort=443, cidrBlocks=["0.0.0.0/0"]),
        "SSH for some": _group(protocol="tcp", fromPort=22, toPort=22, cidrBlocks=["203.0.113.0/24"]),
        "egress": made(RULE_OF_GROUP, type="egress", protocol="-1", fromPort=0, toPort=0, cidrBlocks=["0.0.0.0/0"]),
        "no rules": made(GROUP),
    },
    refuses={
        "SSH": refusal(
            _group(protocol="tcp", fromPort=22, toPort=22, cidrBlocks=["0.0.0.0/0"]), f"SecurityGroup shop {WRONG}"
        ),
        "RDP by IPv6": refusal(
            _group(protocol="tcp", fromPort=3389, toPort=3389, ipv6CidrBlocks=["::/0"]), f"SecurityGroup shop {WRONG}"
        ),
        "a range around SSH": refusal(
            _group(protocol="tcp", fromPort=0, toPort=1024, cidrBlocks=["10.0.0.0/8", "0.0.0.0/0"]),
            f"SecurityGroup shop {WRONG}",
        ),
        "any protocol": refusal(
            _group(protocol="-1", fromPort=0, toPort=0, cidrBlocks=["0.0.0.0/0"]), f"SecurityGroup shop {WRONG}"
        ),
        "ports unset": refusal(_group(protocol="tcp", cidrBlocks=["0.0.0.0/0"]), f"SecurityGroup shop {WRONG}"),
        "a rule by itself": refusal(
            made(RULE_OF_GROUP, type="ingress", protocol="tcp", fromPort=22, toPort=22, cidrBlocks=["0.0.0.0/0"]),
            f"SecurityGroupRule shop {WRONG}",
        ),
        "an ingress rule by itself": refusal(
            made(INGRESS, ipProtocol="-1", cidrIpv4="0.0.0.0/0"), f"SecurityGroupIngressRule shop {WRONG}"
        ),
    },
)
