"""No rule of a plain listener lets requests through in plain text.

A listener of HTTP may redirect by default and still forward what a `ListenerRule` names. Each of its `actions` has to
redirect to HTTPS. Which listener a rule belongs to is an ARN that only AWS makes; the engine says from which resource
it comes. Where it doesn't, and the stack has a listener of plain HTTP, nobody can decide.
"""

from collections.abc import Sequence

from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import Rule, Severity, WholeStack

LISTENER, LISTENER_RULE = "aws:lb/listener:Listener", "aws:lb/listenerRule:ListenerRule"
LISTENERS = frozenset({LISTENER, "aws:alb/listener:Listener"})
RULES_OF_LISTENERS = frozenset({LISTENER_RULE, "aws:alb/listenerRule:ListenerRule"})
ARN = "listenerArn"
PROBLEM = "lets requests through in plain text"


def check(stack: Sequence[Object]) -> Violations:
    """Find the listener of each rule that does more than redirect."""
    every = {obj.urn: obj for obj in stack if obj.id in LISTENERS}
    plain = {urn for urn, obj in every.items() if _is_plain(obj)}
    for rule in stack:
        if rule.id not in RULES_OF_LISTENERS or not plain or _redirects(rule):
            continue
        named = rule.dependencies.get(ARN, frozenset()) & every.keys()
        if named & plain:
            yield rule.fails(PROBLEM, "actions")
        elif not named:
            yield rule.undecided(ARN)


def _is_plain(listener: Object) -> bool:
    """It is, or may turn out to be: HTTP is what an application load balancer speaks unless it is told otherwise."""
    protocol = listener.peek("protocol")
    return protocol is None or isinstance(protocol, Unknown) or str(protocol).upper() == "HTTP"


def _redirects(rule: Node) -> bool:
    actions = list(rule.items("actions"))
    whole = len(actions) == len(rule.at("actions").elements())
    return bool(actions) and whole and all(each.peek("redirect", "protocol") == "HTTPS" for each in actions)


def _rule(type_: str = LISTENER_RULE, **action: Plain) -> Resource:
    (made_,) = aws_resource(type_, "api", listenerArn=Unknown.LATER, actions=[action])
    return made_


PLAIN, SECURE = aws_resource(LISTENER, "plain", protocol="HTTP"), aws_resource(LISTENER, "secure", protocol="HTTPS")
REDIRECT: Plain = {"protocol": "HTTPS", "statusCode": "HTTP_301"}
_SAYS = f"ListenerRule api cannot be decided at preview: {ARN} {Unknown.LATER.value}. {Unknown.LATER.cure}"
NOBODY = _SAYS.removesuffix(".")

RULE = Rule(
    id="listener-rule-tls",
    title="Rules of plain listeners only redirect",
    why="A redirect that holds for all but one path sends that path's passwords readable across the network.",
    fix="Move the rule to the HTTPS listener, or redirect to HTTPS.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:94", "optibid:54", "production:7"),
    kinds=LISTENERS | RULES_OF_LISTENERS,
    check=WholeStack(check),
    known_after_deploy=(ARN,),
    allows={
        "behind TLS": (*SECURE, _rule(type="forward")),
        "a redirect": (*PLAIN, _rule(type="redirect", redirect=REDIRECT)),
    },
    refuses={
        "forwarded by whom nobody knows": bad_example((*PLAIN, *SECURE, _rule(type="forward")), NOBODY),
        "HTTP by default": bad_example((*aws_resource(LISTENER, port=80), _rule(type="forward")), NOBODY),
        "redirected to HTTP": bad_example((*PLAIN, _rule(type="redirect", redirect={"protocol": "HTTP"})), NOBODY),
        **{
            kind: bad_example((*aws_resource(kind, "old", protocol="HTTP"), _rule(type="forward")), NOBODY)
            for kind in sorted(LISTENERS - {LISTENER})
        },
        **{
            kind: bad_example((*PLAIN, _rule(kind, type="forward")), NOBODY)
            for kind in sorted(RULES_OF_LISTENERS - {LISTENER_RULE})
        },
    },
)
