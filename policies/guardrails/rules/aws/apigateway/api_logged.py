"""An API's stage keeps a record of who called.

Field: `accessLogSettings.destinationArn` of stages of REST, HTTP and WebSocket APIs. Reference: FSBP APIGateway.9,
Checkov CKV_AWS_76 and CKV_AWS_95.
"""

from guardrails.aws.relations import is_given
from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.model.values import Unknown
from guardrails.rule import EachObject, Rule, Severity

STAGE = "aws:apigatewayv2/stage:Stage"
KINDS = frozenset({STAGE, "aws:apigateway/stage:Stage"})
FIELD = ("accessLogSettings", "destinationArn")
PROBLEM = "keeps no record of who called"


def check(stage: Object) -> Violations:
    """Ask where the record goes."""
    if not is_given(stage, *FIELD):
        yield stage.fails(PROBLEM, *FIELD)


RULE = Rule(
    id="api-logged",
    title="APIs keep a record of who called",
    why="After a theft nobody could say which calls were made, by whom and from where.",
    fix="Set accessLogSettings.destinationArn to the ARN of a log group.",
    severity=Severity.MEDIUM,
    covers=("go-live-readiness:104", "new-services:211"),
    kinds=KINDS,
    check=EachObject(check),
    known_after_deploy=(".".join(FIELD),),
    allows={
        "a log group of the program": aws_resource(STAGE, accessLogSettings={"destinationArn": Unknown.LATER}),
        "a log group": aws_resource(
            STAGE, accessLogSettings={"destinationArn": "arn:aws:logs:us-east-1:111122223333:log-group:shop"}
        ),
    },
    refuses={
        "unset": bad_example(aws_resource(STAGE), f"Stage shop {PROBLEM}"),
        "null": bad_example(aws_resource(STAGE, accessLogSettings=None), f"Stage shop {PROBLEM}"),
        **{
            kind: bad_example(aws_resource(kind, accessLogSettings={"destinationArn": ""}), f"Stage shop {PROBLEM}")
            for kind in sorted(KINDS)
        },
    },
)
