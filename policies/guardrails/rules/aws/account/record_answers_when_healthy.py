"""A name that leads to several places leads to those that answer.

Fields of Route 53 records: one with `failoverRoutingPolicies` of type PRIMARY, `latencyRoutingPolicies`,
`weightedRoutingPolicies` or `multivalueAnswerRoutingPolicy` has a `healthCheckId`, or each of its `aliases` has
`evaluateTargetHealth` on. The last resort, SECONDARY, needs neither. Reference: the Route 53 guide on DNS failover.
"""

from guardrails.aws.relations import is_given
from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

RECORD = "aws:route53/record:Record"
POLICIES = ("latencyRoutingPolicies", "weightedRoutingPolicies")
FAILOVER, MANY, CHECK = "failoverRoutingPolicies", "multivalueAnswerRoutingPolicy", "healthCheckId"
PROBLEM = "leads to a place whether it answers or not"


def check(record: Object) -> Violations:
    """Ask who chooses, then what the choice looks at."""
    if is_given(record, CHECK):
        return
    aliases = record.at("aliases")
    places: list[Node] = aliases.elements()
    if isinstance(aliases.record_unknown(), Unknown) or (places and not any(_is_blind(each) for each in places)):
        return
    if _chooses(record):
        yield record.fails(PROBLEM, CHECK)


def _is_blind(alias: Node) -> bool:
    return alias.is_not("evaluateTargetHealth", value=True)


def _chooses(record: Object) -> bool:
    """Its policy picks one of several answers; none of what is unknown, which is noted."""
    primaries = [each for each in record.items(FAILOVER) if each.differs_from("type", than=("SECONDARY",))]
    chosen = [each for field in POLICIES for each in record.items(field)]
    return bool(primaries or chosen) or record.differs_from(MANY, than=(False,))


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
    known_after_deploy=(CHECK,),
    allows={
        "one place": aws_resource(RECORD, records=["203.0.113.7"]),
        "one alias": aws_resource(RECORD, aliases=_alias(healthy=False)),
        "a check": aws_resource(RECORD, failoverRoutingPolicies=PRIMARY, healthCheckId=Unknown.LATER),
        "a healthy alias": aws_resource(RECORD, latencyRoutingPolicies=NEAREST, aliases=_alias(healthy=True)),
        "the last resort": aws_resource(RECORD, failoverRoutingPolicies=[{"type": "SECONDARY"}]),
    },
    refuses={
        "failover": bad_example(aws_resource(RECORD, failoverRoutingPolicies=PRIMARY), f"Record shop {PROBLEM}"),
        "failover of an alias": bad_example(
            aws_resource(RECORD, failoverRoutingPolicies=PRIMARY, aliases=_alias(healthy=False)),
            f"Record shop {PROBLEM}",
        ),
        "the nearest": bad_example(
            aws_resource(RECORD, latencyRoutingPolicies=NEAREST, aliases=_alias(healthy=False)),
            f"Record shop {PROBLEM}",
        ),
        "by weight": bad_example(
            aws_resource(RECORD, weightedRoutingPolicies=[{"weight": 50}]), f"Record shop {PROBLEM}"
        ),
        "many answers": bad_example(aws_resource(RECORD, multivalueAnswerRoutingPolicy=True), f"Record shop {PROBLEM}"),
    },
)
