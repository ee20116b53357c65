"""No network ACL lets the world reach SSH, RDP or every port.

Entries stand inside an ACL (`ingress`) or alone. One that allows is refused when it names the whole world and its
protocol is any, or its ports include 22 or 3389, unless an entry of a lower number denies the same network that port.
TCP or UDP without ports means all ports. Reference: CIS AWS Foundations 5.2, FSBP EC2.21, Checkov CKV_AWS_229 to 232
and CKV_AWS_352.
"""

from collections.abc import Iterator, Sequence

from guardrails.aws.security_groups import reaches
from guardrails.examples.aws import aws_resource, in_kinds
from guardrails.examples.kubernetes import bad_example
from guardrails.model.cidr import holds, is_world
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import Rule, Severity, WholeStack

ACL = "aws:ec2/networkAcl:NetworkAcl"
LISTS = frozenset({ACL, "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl"})
ENTRY = "aws:ec2/networkAclRule:NetworkAclRule"
ADMIN_PORTS = (22, 3389)
CIDRS = ("cidrBlock", "ipv6CidrBlock")
NUMBERS, ACTIONS = ("ruleNo", "ruleNumber"), ("action", "ruleAction")
"""What a list and an entry that stands alone call the same."""
ANY_PROTOCOL = frozenset({"-1", "all"})
PROBLEM = "lets the whole world reach SSH, RDP or every port"


def check(stack: Sequence[Object]) -> Violations:
    """Judge each entry beside those of the same ACL."""
    alone = [obj for obj in stack if obj.id == ENTRY and _is_ingress(obj)]
    for obj in alone:
        yield from _judged(obj, [other for other in alone if _could_share(obj, other)])
    for acl in stack:
        if acl.id in LISTS:
            entries = list(acl.items("ingress"))
            # What an unknown entry denies nobody knows; it has been noted.
            whole = len(entries) == len(acl.at("ingress").elements())
            for entry in entries:
                yield from _judged(entry, entries) if whole else ()


def _is_ingress(entry: Object) -> bool:
    """It is, unless it says no, or nobody knows, which is noted; the provider takes the words as well."""
    egress = entry.read("egress")
    return egress not in (True, "true") and not isinstance(egress, Unknown)


def _could_share(one: Object, other: Object) -> bool:
    """They belong to the same ACL, or may: the engine says from which one an id comes that is not known yet."""
    needs = [each.dependencies.get("networkAclId", frozenset()) for each in (one, other)]
    if one.urn == other.urn or all(needs):
        return one.urn == other.urn or needs[0] == needs[1]
    ids = [each.read("networkAclId") for each in (one, other)]
    return any(isinstance(each, Unknown) for each in ids) or (ids[0] is not None and ids[0] == ids[1])


def _judged(entry: Node, beside: Sequence[Node]) -> Violations:
    ports = [port for port in ADMIN_PORTS if reaches(entry, (port,))]
    worlds = [field for field in CIDRS if _reads_world(entry, field)]
    if not ports or not worlds or _is_denial(entry):
        return
    if any(isinstance(entry.read(field), Unknown) for field in ("protocol", "fromPort", "toPort")):
        return
    denials = [other for other in beside if _is_denial(other)]
    if any(not any(_bars(other, entry, port, field) for other in denials) for port in ports for field in worlds):
        yield entry.fails(PROBLEM)


def _is_denial(entry: Node) -> bool:
    """It is one, or nobody knows, which is noted; what has another name is none."""
    action = _of(entry, ACTIONS).read()
    return isinstance(action, Unknown) or str(action).lower() == "deny"


def _reads_world(entry: Node, field: str) -> bool:
    entry.read(field)
    return is_world(entry.raw(field))


def _bars(denial: Node, entry: Node, port: int, field: str) -> bool:
    """It comes before the entry and takes all of it, or may; what is unknown is noted."""
    first, second = (_of(each, NUMBERS).read() for each in (denial, entry))
    fields = [denial.read(each) for each in ("protocol", "fromPort", "toPort", field)]
    if any(isinstance(each, Unknown) for each in (first, second, *fields)):
        return True
    if not (isinstance(first, int) and isinstance(second, int) and first < second and reaches(denial, (port,))):
        return False
    protocols = [str(each.peek("protocol")).lower() for each in (denial, entry)]
    return (protocols[0] in ANY_PROTOCOL or protocols[0] == protocols[1]) and holds(fields[-1], entry.raw(field))


def _of(entry: Node, names: tuple[str, ...]) -> Node:
    return next((entry.at(name) for name in names if entry.raw(name) is not None), entry.at(names[0]))


WORLD = "0.0.0.0/0"


def _entry(number: int, action: str, first: int, last: int, cidr: str = WORLD, **more: Plain) -> dict[str, Plain]:
    ports: dict[str, Plain] = {"fromPort": first, "toPort": last, "protocol": "tcp", "cidrBlock": cidr}
    return {"ruleNo": number, "action": action, **ports, **more}


def _alone(*entries: dict[str, Plain], acl: Plain = "acl-1") -> tuple[Resource, ...]:
    return tuple(_standing(entries, acl))


def _standing(entries: Sequence[dict[str, Plain]], acl: Plain) -> Iterator[Resource]:
    for entry in entries:
        said = {key: value for key, value in entry.items() if key not in {"ruleNo", "action"}}
        named: dict[str, Plain] = {"ruleNumber": entry["ruleNo"], "ruleAction": entry["action"], "networkAclId": acl}
        yield from aws_resource(ENTRY, f"entry-{entry['ruleNo']}", **named, **said)


ANSWERS = _entry(200, "allow", 1024, 65535)
NO_RDP = _entry(100, "deny", 3389, 3389)
EVERYTHING: dict[str, Plain] = {**_entry(100, "allow", 0, 0), "protocol": "-1"}

RULE = Rule(
    id="no-world-acl-ingress",
    title="Network ACLs keep the world from administrative ports",
    why="One careless security group behind an ACL that lets everything in puts a machine's login on the internet.",
    fix="Name the networks that need it, or deny ports 22 and 3389 in an entry of a lower number.",
    severity=Severity.HIGH,
    covers=("optibid:73", "production:17"),
    kinds=LISTS | {ENTRY},
    check=WholeStack(check),
    allows={
        "HTTPS for all": aws_resource(ACL, ingress=[_entry(100, "allow", 443, 443)]),
        "SSH for some": aws_resource(ACL, ingress=[_entry(100, "allow", 22, 22, "203.0.113.0/24")]),
        "answers after a denial": aws_resource(ACL, ingress=[NO_RDP, ANSWERS]),
        "answers after a denial, each alone": _alone(NO_RDP, ANSWERS),
        "what leaves": _alone(_entry(100, "allow", 0, 65535, egress=True)),
        "a denial, in capitals": aws_resource(ACL, ingress=[_entry(100, "DENY", 22, 22)]),
        "no entries": aws_resource(ACL),
    },
    refuses={
        "everything": bad_example(aws_resource(ACL, ingress=[EVERYTHING]), f"NetworkAcl shop {PROBLEM}"),
        "SSH by IPv6": bad_example(
            aws_resource(ACL, ingress=[{**_entry(100, "allow", 22, 22), "cidrBlock": None, "ipv6CidrBlock": "::/0"}]),
            f"NetworkAcl shop {PROBLEM}",
        ),
        "a denial that comes too late": bad_example(
            aws_resource(ACL, ingress=[{**NO_RDP, "ruleNo": 300}, ANSWERS]), f"NetworkAcl shop {PROBLEM}"
        ),
        "a denial for some": bad_example(
            aws_resource(ACL, ingress=[{**NO_RDP, "cidrBlock": "10.0.0.0/8"}, ANSWERS]), f"NetworkAcl shop {PROBLEM}"
        ),
        "a denial of UDP": bad_example(
            aws_resource(ACL, ingress=[{**NO_RDP, "protocol": "udp"}, ANSWERS]), f"NetworkAcl shop {PROBLEM}"
        ),
        "an entry that says where it goes": bad_example(
            _alone({**EVERYTHING, "egress": "false"}), f"NetworkAclRule entry-100 {PROBLEM}"
        ),
        "an entry by itself": bad_example(_alone(EVERYTHING), f"NetworkAclRule entry-100 {PROBLEM}"),
        "a denial in another ACL": bad_example(
            (*_alone(NO_RDP), *_alone(ANSWERS, acl="acl-2")), f"NetworkAclRule entry-200 {PROBLEM}"
        ),
        **in_kinds(bad_example(aws_resource(ACL, ingress=[EVERYTHING]), f"NetworkAcl shop {PROBLEM}"), LISTS),
    },
)
