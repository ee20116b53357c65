"""The audit trail can be searched while it happens.

Field: `cloudWatchLogsGroupArn`; unset means none; one that is known only after deployment counts. Reference: FSBP
CloudTrail.5.
"""

from guardrails.aws.relations import is_given
from guardrails.examples.aws import made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
from guardrails.model.resources import Object
from guardrails.model.values import Unknown
from guardrails.rule import EachObject, Rule, Severity

TRAIL = "aws:cloudtrail/trail:Trail"
FIELD = ("cloudWatchLogsGroupArn",)
WRONG = "can't be searched or watched"


def check(found: Object) -> Faults:
    """Ask for the one field."""
    if not is_given(found, *FIELD):
        yield found.fails(WRONG, *FIELD)


RULE = Rule(
    id="trail-searchable",
    title="Trails can be searched at once",
    why="Files in a bucket are read the week after; an alarm needs the events while they happen.",
    fix="Set cloudWatchLogsGroupArn and cloudWatchLogsRoleArn.",
    severity=Severity.MEDIUM,
    covers=("go-live-readiness:104", "production:135"),
    kinds=frozenset({TRAIL}),
    check=EachObject(check),
    awaits=("cloudWatchLogsGroupArn",),
    allows={
        "one": made(TRAIL, cloudWatchLogsGroupArn="arn:aws:kms:us-east-1:111122223333:key/shop"),
        "one of the same program": made(TRAIL, cloudWatchLogsGroupArn=Unknown.LATER),
    },
    refuses={
        "unset": refusal(made(TRAIL), f"Trail shop {WRONG}"),
        "null": refusal(made(TRAIL, cloudWatchLogsGroupArn=None), f"Trail shop {WRONG}"),
        "empty": refusal(made(TRAIL, cloudWatchLogsGroupArn=""), f"Trail shop {WRONG}"),
    },
)
