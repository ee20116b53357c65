"""What several rules about security groups ask: which ports are open to the whole world.

Ingress rules stand inside a security group (`ingress`) or alone; what Lightsail calls `portInfos` of a machine is the
same, and open to everybody where no network is named. TCP or UDP without ports means all ports.
"""

from collections.abc import Iterator

from guardrails.aws.relations import texts
from guardrails.model.cidr import is_world
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object
from guardrails.model.values import Unknown

GROUP = "aws:ec2/securityGroup:SecurityGroup"
DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
RULE_OF_GROUP = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
LIGHTSAIL = "aws:lightsail/instancePublicPorts:InstancePublicPorts"
KINDS = frozenset({GROUP, DEFAULT_GROUP, RULE_OF_GROUP, INGRESS, LIGHTSAIL})
OF_LIGHTSAIL = ("cidrs", "ipv6Cidrs", "cidrListAliases")
CIDRS = ("cidrBlocks", "ipv6CidrBlocks", "cidrIpv4", "cidrIpv6", *OF_LIGHTSAIL)
LAST = 65535


def open_ports(obj: Object, ports: tuple[int, ...], problem: str) -> Violations:
    """Ask each rule whom it lets in, and whether to one of these ports."""
    for rule in _rules(obj):
        if not reaches(rule, ports):
            continue
        unnamed = obj.id == LIGHTSAIL and all(rule.at(field).record_unknown() is None for field in OF_LIGHTSAIL)
        if unnamed or any(is_world(cidr) for field in CIDRS for cidr in texts(rule.at(field))):
            decisive = [rule.read(field) for field in ("type", "protocol", "ipProtocol", "fromPort", "toPort")]
            if not any(isinstance(value, Unknown) for value in decisive):
                yield rule.fails(problem)


def _rules(obj: Object) -> Iterator[Node]:
    if obj.id == RULE_OF_GROUP:
        if obj.read("type") == "ingress" or isinstance(obj.peek("type"), Unknown):
            yield obj
    elif obj.id == INGRESS:
        yield obj
    else:
        yield from obj.items("portInfos" if obj.id == LIGHTSAIL else "ingress")


def reaches(rule: Node, ports: tuple[int, ...]) -> bool:
    """It could lead to one of these ports, as far as is known; nothing is noted."""
    protocol = rule.peek("protocol") if rule.peek("ipProtocol") is None else rule.peek("ipProtocol")
    # The provider takes names in any case, and numbers as numbers.
    spelt = str(protocol).removesuffix(".0").lower()
    if spelt not in {"tcp", "udp", "6", "17"}:
        return isinstance(protocol, Unknown) or protocol is None or spelt in {"-1", "all"}
    first, last = rule.peek("fromPort"), rule.peek("toPort")
    low = first if isinstance(first, int | float) else 0
    high = last if isinstance(last, int | float) else LAST
    return any(low <= port <= high for port in ports)
