"""A web ACL refuses what is known to be bad.

Field: `rules`, among which are AWS's common rule set and its known bad inputs, both with `overrideAction` none: with
`count` they only look on. The same is said of a group that has its own rules overridden so, one by one in
`ruleActionOverrides`, and of one that a `scopeDownStatement` shows only some requests. Reference: FSBP WAF.10.
"""

from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

ACL = "aws:wafv2/webAcl:WebAcl"
GROUPS = ("AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet")
GROUP = ("statement", "managedRuleGroupStatement")
OVERRIDES = "ruleActionOverrides"


def check(acl: Object) -> Violations:
    """Look for each group."""
    acl.at("rules").expect(list)
    for group in GROUPS:
        matching_rules = [rule for rule in acl.at("rules").elements() if _could_be(rule, group)]
        if any(_surely_refuses(rule, group) for rule in matching_rules):
            continue
        if matching_rules or isinstance(acl.at("rules").plain, Unknown):
            yield (matching_rules[0] if matching_rules else acl.at("rules")).undecided()
        else:
            yield acl.fails(f"does not refuse what {group} knows", "rules")


def _could_be(rule: Node, group: str) -> bool:
    if isinstance(rule.plain, Unknown):
        return True
    name, vendor = rule.peek(*GROUP, "name"), rule.peek(*GROUP, "vendorName")
    named = (name == group or isinstance(name, Unknown)) and (vendor == "AWS" or isinstance(vendor, Unknown))
    return named and _none(rule) is not None


def _surely_refuses(rule: Node, group: str) -> bool:
    return (rule.peek(*GROUP, "name"), rule.peek(*GROUP, "vendorName")) == (group, "AWS") and not isinstance(
        _none(rule), Unknown
    )


def _none(rule: Node) -> Plain:
    """The override that changes nothing, unknown, or nothing if the rules only count."""
    if isinstance(rule.peek("overrideAction", "count"), Unknown) or isinstance(rule.raw(*GROUP, OVERRIDES), Unknown):
        return Unknown.LATER
    counts = rule.at("overrideAction", "count").plain is not None or _is_weakened(rule)
    return None if counts else rule.at("overrideAction", "none").plain


def _is_weakened(rule: Node) -> bool:
    """Some of its rules let through what they find, or it looks at some requests only."""
    if rule.raw(*GROUP, "scopeDownStatement") is not None:
        return True
    overrides = rule.at(*GROUP, OVERRIDES).elements()
    return any(each.raw("actionToUse", lets) is not None for each in overrides for lets in ("allow", "count"))


def _acl(*groups: str, override: Plain = None) -> tuple[Resource, ...]:
    action: Plain = {"none": {}} if override is None else override
    rules: list[Plain] = [
        {"overrideAction": action, "statement": {"managedRuleGroupStatement": {"name": each, "vendorName": "AWS"}}}
        for each in groups
    ]
    return aws_resource(ACL, rules=rules)


def _weakened(**more: Plain) -> tuple[Resource, ...]:
    rules: list[Plain] = [
        {
            "overrideAction": {"none": {}},
            "statement": {"managedRuleGroupStatement": {"name": each, "vendorName": "AWS", **more}},
        }
        for each in GROUPS
    ]
    return aws_resource(ACL, rules=rules)


NEITHER = tuple(f"WebAcl shop does not refuse what {group} knows" for group in GROUPS)

RULE = Rule(
    id="web-acl-managed-groups",
    title="Web ACLs refuse what is known to be bad",
    why="Attacks on known holes start within hours of their news, long before anybody writes a rule by hand.",
    fix="Add AWSManagedRulesCommonRuleSet and AWSManagedRulesKnownBadInputsRuleSet with overrideAction none.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:97",),
    kinds=frozenset({ACL}),
    check=EachObject(check),
    allows={
        "both": _acl(*GROUPS),
        "among others": _acl("AWSManagedRulesSQLiRuleSet", *GROUPS),
    },
    refuses={
        "none": bad_example(aws_resource(ACL), *NEITHER),
        "null": bad_example(aws_resource(ACL, rules=None), *NEITHER),
        "one": bad_example(_acl(GROUPS[0]), NEITHER[1]),
        "each rule only counted": bad_example(
            _weakened(ruleActionOverrides=[{"name": "NoUserAgent_HEADER", "actionToUse": {"count": {}}}]), *NEITHER
        ),
        "for some requests only": bad_example(
            _weakened(scopeDownStatement={"geoMatchStatement": {"countryCodes": ["AQ"]}}), *NEITHER
        ),
        "only counted": bad_example(_acl(*GROUPS, override={"count": {}}), *NEITHER),
    },
)
