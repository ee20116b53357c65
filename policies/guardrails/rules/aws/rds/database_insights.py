"""A database shows what it is busy with.

Field: `performanceInsightsEnabled`; unset means no. Reference: the lines about query performance.
"""

from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

DATABASE = "aws:rds/instance:Instance"
FIELD = ("performanceInsightsEnabled",)
PROBLEM = "does not show what it is busy with"


def check(obj: Object) -> Violations:
    """Ask for the one field."""
    if obj.is_not(*FIELD, value=True):
        yield obj.fails(PROBLEM, *FIELD)


RULE = Rule(
    id="database-insights",
    title="Databases show what they are busy with",
    why="Without Performance Insights a slow evening can't be explained the morning after.",
    fix="Set performanceInsightsEnabled to true.",
    severity=Severity.LOW,
    covers=("production:113", "new-services:246", "optibid:451"),
    kinds=frozenset({DATABASE}),
    check=EachObject(check),
    allows={
        "set": aws_resource(DATABASE, performanceInsightsEnabled=True),
        "among other fields": aws_resource(DATABASE, identifier="shop", performanceInsightsEnabled=True),
    },
    refuses={
        "unset": bad_example(aws_resource(DATABASE), f"Instance shop {PROBLEM}"),
        "null": bad_example(aws_resource(DATABASE, performanceInsightsEnabled=None), f"Instance shop {PROBLEM}"),
        "off": bad_example(aws_resource(DATABASE, performanceInsightsEnabled=False), f"Instance shop {PROBLEM}"),
    },
)
