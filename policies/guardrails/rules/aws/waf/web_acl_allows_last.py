"""A web ACL lets nobody past its checks whom it does not know by address.

Field: `rules` of a web ACL: one whose `action` is allow ends the judgement, so where one of a lower or the same
`priority` would stand before a rule that blocks or before a group, its `statement` is an `ipSetReferenceStatement`,
or an `andStatement` that holds one. A rule that stands alone is asked the same, for nobody sees what it stands before.
No IP set names the whole world. Reference: the WAF guide on rule priority.
"""

from collections.abc import Sequence

from guardrails.examples.aws import made
from guardrails.examples.kubernetes import refusal
from guardrails.model.cidr import is_world
from guardrails.model.findings import Faults
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

ACL, ADDRESSES = "aws:wafv2/webAcl:WebAcl", "aws:wafv2/ipSet:IpSet"
ALONE = "aws:wafv2/webAclRule:WebAclRule"
KNOWN = "ipSetReferenceStatement"
WRONG = "lets requests past the rules behind it"
LISTED = "names the whole world"


def check(found: Object) -> Faults:
    """Look at each rule that allows, and at what it keeps from being asked."""
    if found.id == ADDRESSES:
        for address in found.items("addresses"):
            address.noted()
            if is_world(address.plain):
                yield found.fails(LISTED, "addresses")
        return
    rules: list[Node] = [found] if found.id == ALONE else list(found.items("rules"))
    for rule in rules:
        allows = rule.read("action", "allow")
        known = allows is None or isinstance(allows, Unknown) or _knows(rule.at("statement"))
        if not known and (found.id == ALONE or _has_behind(rule, rules)):
            yield rule.fails(WRONG, "action")


def _knows(statement: Node) -> bool:
    """It names who comes; what is unknown is noted, and no reason to speak as well."""
    both = statement.at("andStatement", "statements")
    places = [each.at(KNOWN) for each in (statement, *both.elements())]
    return isinstance(both.noted(), Unknown) or any(place.noted() is not None for place in places)


def _has_behind(allowing: Node, rules: Sequence[Node]) -> bool:
    mine = allowing.read("priority")
    others = [rule for rule in rules if rule.path != allowing.path and rule.look("action", "allow") is None]
    ranks = [rule.read("priority") for rule in others]
    if isinstance(mine, Unknown) or any(isinstance(rank, Unknown) for rank in ranks):
        return False
    known = isinstance(mine, int | float)
    return any(not known or not isinstance(rank, int | float) or rank >= mine for rank in ranks)  # type: ignore[operator]


def _acl(*rules: dict[str, Plain]) -> tuple[Resource, ...]:
    return made(ACL, rules=list(rules))


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
        "the office, alone": made(ALONE, **_allow(0, OFFICE)),
        "a rule that blocks, alone": made(ALONE, priority=0, action={"block": {}}, statement=PATH),
        "an office": made(ADDRESSES, addresses=["203.0.113.0/24"]),
    },
    refuses={
        "everything first": refusal(_acl(_allow(0, PATH), GROUP), f"WebAcl shop {WRONG}"),
        "everything first, written last": refusal(_acl(GROUP, _allow(0, PATH)), f"WebAcl shop {WRONG}"),
        "all but the office": refusal(
            _acl(_allow(0, {"notStatement": {"statement": OFFICE}}), GROUP), f"WebAcl shop {WRONG}"
        ),
        "the office or a path": refusal(
            _acl(_allow(0, {"orStatement": {"statements": [PATH, OFFICE]}}), GROUP), f"WebAcl shop {WRONG}"
        ),
        "everything, alone": refusal(made(ALONE, **_allow(0, PATH)), f"WebAclRule shop {WRONG}"),
        "everybody's addresses": refusal(
            made(ADDRESSES, addresses=["0.0.0.0/1", "128.0.0.0/1"]), *[f"IpSet shop {LISTED}"]
        ),
    },
)
