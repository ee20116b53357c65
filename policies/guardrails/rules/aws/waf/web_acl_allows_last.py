"""A web ACL lets nobody past its checks whom it does not know by address.

Field: `rules` of a web ACL: one whose `action` is allow ends the judgement, so where one of a lower or the same
`priority` would stand before a rule that blocks or before a group, its `statement` is an `ipSetReferenceStatement`,
or an `andStatement` that holds one. A rule that stands alone is asked the same, for nobody sees what it stands before.
No IP set names the whole world. Reference: the WAF guide on rule priority.
"""

from collections.abc import Sequence

from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.cidr import is_world
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

ACL, ADDRESSES = "aws:wafv2/webAcl:WebAcl", "aws:wafv2/ipSet:IpSet"
ALONE = "aws:wafv2/webAclRule:WebAclRule"
KNOWN = "ipSetReferenceStatement"
PROBLEM = "lets requests past the rules behind it"
LISTED = "names the whole world"


def check(obj: Object) -> Violations:
    """Look at each rule that allows, and at what it keeps from being asked."""
    if obj.id == ADDRESSES:
        for address in obj.items("addresses"):
            address.record_unknown()
            if is_world(address.plain):
                yield obj.fails(LISTED, "addresses")
        return
    rules: list[Node] = [obj] if obj.id == ALONE else list(obj.items("rules"))
    for rule in rules:
        allows = rule.read("action", "allow")
        known = allows is None or isinstance(allows, Unknown) or _knows(rule.at("statement"))
        if not known and (obj.id == ALONE or _has_behind(rule, rules)):
            yield rule.fails(PROBLEM, "action")


def _knows(statement: Node) -> bool:
    """It names who comes; what is unknown is noted, and no reason to speak as well."""
    both = statement.at("andStatement", "statements")
    places = [each.at(KNOWN) for each in (statement, *both.elements())]
    return isinstance(both.record_unknown(), Unknown) or any(place.record_unknown() is not None for place in places)


def _has_behind(allowing: Node, rules: Sequence[Node]) -> bool:
    mine = allowing.read("priority")
    others = [rule for rule in rules if rule.path != allowing.path and rule.raw("action", "allow") is None]
    ranks = [rule.read("priority") for rule in others]
    if isinstance(mine, Unknown) or any(isinstance(rank, Unknown) for rank in ranks):
        return False
    known = isinstance(mine, int | float)
    return any(not known or not isinstance(rank, int | float) or rank >= mine for rank in ranks)  # type: ignore[operator]


def _acl(*rules: dict[str, Plain]) -> tuple[Resource, ...]:
    return aws_resource(ACL, rules=list(rules))


GROUP: dict[str, Plain] = {
    "priority": 5,
    "overrideAction": {"none": {}},
    "statement": {"managedRuleGroupStatement": {"name": "AWSManagedRulesCommonRuleSet", "vendorName": "AWS"}},
}
PATH: Plain = {"byteMatchStatement": {"positionalConstraint": "STARTS_WITH", "searchString": "/"}}
OFFICE: Plain = {KNOWN: {"arn": "arn:aws:wafv2:us-east-1:111122223333:regional/ipset/office/1"}}


def _allow(priority: int, statement: Plain) -> dict[str, Plain]:
    return {"priority": priority, "action": {"allow": {}}, "statement": statement}


RULE = Rule(
    id="web-acl-allows-last",
    title="Web ACLs let nobody past their checks",
    why="One early rule that allows makes every rule behind it idle, and the firewall is there in name only.",
    fix="Give the rule that allows the highest priority number, or narrow it by an IP set.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:97", "optibid:73"),
    kinds=frozenset({ACL, ALONE, ADDRESSES}),
    check=EachObject(check),
    allows={
        "a group alone": _acl(GROUP),
        "the office first": _acl(_allow(0, OFFICE), GROUP),
        "one path of the office first": _acl(_allow(0, {"andStatement": {"statements": [PATH, OFFICE]}}), GROUP),
        "a path last": _acl(GROUP, _allow(9, PATH)),
        "the office, alone": aws_resource(ALONE, **_allow(0, OFFICE)),
        "a rule that blocks, alone": aws_resource(ALONE, priority=0, action={"block": {}}, statement=PATH),
        "an office": aws_resource(ADDRESSES, addresses=["203.0.113.0/24"]),
    },
    refuses={
        "everything first": bad_example(_acl(_allow(0, PATH), GROUP), f"WebAcl shop {PROBLEM}"),
        "everything first, written last": bad_example(_acl(GROUP, _allow(0, PATH)), f"WebAcl shop {PROBLEM}"),
        "all but the office": bad_example(
            _acl(_allow(0, {"notStatement": {"statement": OFFICE}}), GROUP), f"WebAcl shop {PROBLEM}"
        ),
        "the office or a path": bad_example(
            _acl(_allow(0, {"orStatement": {"statements": [PATH, OFFICE]}}), GROUP), f"WebAcl shop {PROBLEM}"
        ),
        "everything, alone": bad_example(aws_resource(ALONE, **_allow(0, PATH)), f"WebAclRule shop {PROBLEM}"),
        "everybody's addresses": bad_example(
            aws_resource(ADDRESSES, addresses=["0.0.0.0/1", "128.0.0.0/1"]), *[f"IpSet shop {LISTED}"]
        ),
    },
)
