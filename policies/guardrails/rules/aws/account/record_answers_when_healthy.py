"""A name that leads to several places leads to those that answer.

Fields of Route 53 records: one with `failoverRoutingPolicies` of type PRIMARY, `latencyRoutingPolicies`,
`weightedRoutingPolicies` or `multivalueAnswerRoutingPolicy` has a `healthCheckId`, or each of its `aliases` has
`evaluateTargetHealth` on. The last resort, SECONDARY, needs neither. Reference: the Route 53 guide on DNS failover.
"""

from guardrails.aws.relations import is_given
from guardrails.examples.aws import made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
from guardrails.model.node import Node
from guardrails.model.resources import Object
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

RECORD = "aws:route53/record:Record"
POLICIES = ("latencyRoutingPolicies", "weightedRoutingPolicies")
FAILOVER, MANY, CHECK = "failoverRoutingPolicies", "multivalueAnswerRoutingPolicy", "healthCheckId"
WRONG = "leads to a place whether it answers or not"


def check(record: Object) -> Faults:
    """Ask who chooses, then what the choice looks at."""
    if is_given(record, CHECK):
        return
    aliases = record.at("aliases")
    places: list[Node] = aliases.elements()
    if isinstance(aliases.noted(), Unknown) or (places and not any(_is_blind(each) for each in places)):
        return
    if _chooses(record):
        yield record.fails(WRONG, CHECK)


def _is_blind(alias: Node) -> bool:
    return alias.lacks("evaluateTargetHealth", value=True)


def _chooses(record: Object) -> bool:
    """Its policy picks one of several answers; none of what is unknown, which is noted."""
    primaries = [each for each in record.items(FAILOVER) if each.other("type", than=("SECONDARY",))]
    chosen = [each for field in POLICIES for each in record.items(field)]
    return bool(primaries or chosen) or record.other(MANY, than=(False,))


def _alias(healthy: Plain) -> Plain:
    return [{"name": "edge.example.com", "zoneId": "Z1", "evaluateTargetHealth": healthy}]


PRIMARY: Plain = [{"type": "PRIMARY"}]
NEAREST: Plain = [{"region": "us-east-1"}]

RULE = Rule(
    id="record-answers-when-healthy",
    title="Names lead to places that answer",
    why="On the day that a region fails, the name goes on leading every customer into it.",
    fix="Set healthCheckId to a health check, or evaluateTargetHealth of the alias to true.",
    severity=Severity.HIGH,
    covers=("production:50", "go-live-readiness:118"),
    kinds=frozenset({RECORD}),
    check=EachObject(check),
    awaits=(CHECK,),
    allows={
        "one place": made(RECORD, records=["203.0.113.7"]),
        "one alias": made(RECORD, aliases=_alias(healthy=False)),
        "a check": made(RECORD, failoverRoutingPolicies=PRIMARY, healthCheckId=Unknown.LATER),
        "a healthy alias": made(RECORD, latencyRoutingPolicies=NEAREST, aliases=_alias(healthy=True)),
        "the last resort": made(RECORD, failoverRoutingPolicies=[{"type": "SECONDARY"}]),
    },
    refuses={
        "failover": refusal(made(RECORD, failoverRoutingPolicies=PRIMARY), f"Record shop {WRONG}"),
        "failover of an alias": refusal(
            made(RECORD, failoverRoutingPolicies=PRIMARY, aliases=_alias(healthy=False)), f"Record shop {WRONG}"
        ),
        "the nearest": refusal(
            made(RECORD, latencyRoutingPolicies=NEAREST, aliases=_alias(healthy=False)), f"Record shop {WRONG}"
        ),
        "by weight": refusal(made(RECORD, weightedRoutingPolicies=[{"weight": 50}]), f"Record shop {WRONG}"),
        "many answers": refusal(made(RECORD, multivalueAnswerRoutingPolicy=True), f"Record shop {WRONG}"),
    },
)
