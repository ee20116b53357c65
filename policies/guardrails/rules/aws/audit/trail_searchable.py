"""The audit trail can be searched while it happens.

Field: `cloudWatchLogsGroupArn`; unset means none; one that is known only after deployment counts. Reference: FSBP
CloudTrail.5.
"""

from guardrails.aws.relations import is_given
from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.model.values import Unknown
from guardrails.rule import EachObject, Rule, Severity

TRAIL = "aws:cloudtrail/trail:Trail"
FIELD = ("cloudWatchLogsGroupArn",)
PROBLEM = "can't be searched or watched"


def check(obj: Object) -> Violations:
    """Ask for the one field."""
    if not is_given(obj, *FIELD):
        yield obj.fails(PROBLEM, *FIELD)


RULE = Rule(
    id="trail-searchable",
    title="Trails can be searched at once",
    why="Files in a bucket are read the week after; an alarm needs the events while they happen.",
    fix="Set cloudWatchLogsGroupArn and cloudWatchLogsRoleArn.",
    severity=Severity.MEDIUM,
    covers=("go-live-readiness:104", "production:135"),
    kinds=frozenset({TRAIL}),
    check=EachObject(check),
    known_after_deploy=("cloudWatchLogsGroupArn",),
    allows={
        "one": aws_resource(TRAIL, cloudWatchLogsGroupArn="arn:aws:kms:us-east-1:111122223333:key/shop"),
        "one of the same program": aws_resource(TRAIL, cloudWatchLogsGroupArn=Unknown.LATER),
    },
    refuses={
        "unset": bad_example(aws_resource(TRAIL), f"Trail shop {PROBLEM}"),
        "null": bad_example(aws_resource(TRAIL, cloudWatchLogsGroupArn=None), f"Trail shop {PROBLEM}"),
        "empty": bad_example(aws_resource(TRAIL, cloudWatchLogsGroupArn=""), f"Trail shop {PROBLEM}"),
    },
)
