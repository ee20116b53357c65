"""A web ACL in front of the world refuses whoever asks too often.

Field: `rules` of a web ACL of `scope` CLOUDFRONT, of which one at least has a `rateBasedStatement` and `action` block.
Reference: the checklists' rate limits.
"""

from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

ACL = "aws:wafv2/webAcl:WebAcl"
MOST = 100_000
"""Requests of one address in five minutes that no person makes; a limit above it is none."""
PROBLEM = "lets everybody ask as often as they like"


def check(acl: Object) -> Violations:
    """Look for a limit that blocks."""
    scope, rules = acl.peek("scope"), acl.at("rules")
    if scope != "CLOUDFRONT" and not isinstance(scope, Unknown):
        acl.read("scope")
        return
    rules.expect(list)
    limits = [rule for rule in rules.elements() if _could_limit(rule)]
    if any(_surely_limits(rule) for rule in limits):
        return
    if isinstance(scope, Unknown):
        yield acl.undecided("scope")
    elif limits or isinstance(rules.plain, Unknown):
        yield (limits[0] if limits else rules).undecided()
    else:
        yield acl.fails(PROBLEM, "rules")


def _could_limit(rule: Node) -> bool:
    places = (rule.at("statement", "rateBasedStatement").plain, rule.at("action", "block").plain)
    limit = rule.peek("statement", "rateBasedStatement", "limit")
    return isinstance(rule.plain, Unknown) or (all(place is not None for place in places) and not _is_vast(limit))


def _is_vast(limit: object) -> bool:
    return isinstance(limit, int | float) and limit > MOST


def _surely_limits(rule: Node) -> bool:
    places = (rule.at("statement", "rateBasedStatement").plain, rule.at("action", "block").plain)
    limit = rule.peek("statement", "rateBasedStatement", "limit")
    return all(isinstance(place, dict) for place in places) and isinstance(limit, int | float)


def _acl(action: str = "block", scope: str = "CLOUDFRONT", limit: int = 2000) -> tuple[Resource, ...]:
    statement: Plain = {"rateBasedStatement": {"limit": limit, "aggregateKeyType": "IP"}}
    return aws_resource(ACL, scope=scope, rules=[{"name": "rate", "action": {action: {}}, "statement": statement}])


RULE = Rule(
    id="web-acl-rate-limited",
    title="Web ACLs limit how often one address may ask",
    why="One script that asks without pause slows the product for everybody, and guesses passwords all night.",
    fix="Add a rule with a rateBasedStatement and action block to the web ACL of scope CLOUDFRONT.",
    severity=Severity.MEDIUM,
    covers=("new-services:38", "new-services:212", "optibid:38", "optibid:58"),
    kinds=frozenset({ACL}),
    check=EachObject(check),
    allows={
        "a limit": _acl(),
        "a regional one": aws_resource(ACL, scope="REGIONAL"),
    },
    refuses={
        "none": bad_example(aws_resource(ACL, scope="CLOUDFRONT"), f"WebAcl shop {PROBLEM}"),
        "null": bad_example(aws_resource(ACL, scope="CLOUDFRONT", rules=None), f"WebAcl shop {PROBLEM}"),
        "a limit that nobody meets": bad_example(_acl(limit=2_000_000_000), f"WebAcl shop {PROBLEM}"),
        "only counted": bad_example(_acl("count"), f"WebAcl shop {PROBLEM}"),
    },
)
