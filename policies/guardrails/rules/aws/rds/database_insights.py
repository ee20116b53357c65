"""A database shows what it is busy with.

Field: `performanceInsightsEnabled`; unset means no. Reference: the lines about query performance.
"""

from guardrails.examples.aws import made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

DATABASE = "aws:rds/instance:Instance"
FIELD = ("performanceInsightsEnabled",)
WRONG = "does not show what it is busy with"


def check(found: Object) -> Faults:
    """Ask for the one field."""
    if found.lacks(*FIELD, value=True):
        yield found.fails(WRONG, *FIELD)


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
        "set": made(DATABASE, performanceInsightsEnabled=True),
        "among other fields": made(DATABASE, identifier="shop", performanceInsightsEnabled=True),
    },
    refuses={
        "unset": refusal(made(DATABASE), f"Instance shop {WRONG}"),
        "null": refusal(made(DATABASE, performanceInsightsEnabled=None), f"Instance shop {WRONG}"),
        "off": refusal(made(DATABASE, performanceInsightsEnabled=False), f"Instance shop {WRONG}"),
    },
)
