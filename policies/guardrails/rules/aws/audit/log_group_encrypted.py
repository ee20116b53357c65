"""Logs are encrypted with a key of ours.

Field: `kmsKeyId`; unset means none; one that is known only after deployment counts. Reference: the EKS best practices
for audit logs.
"""

from guardrails.aws.relations import is_own_key
from guardrails.examples.aws import key_examples
from guardrails.model.findings import Faults
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

GROUP = "aws:cloudwatch/logGroup:LogGroup"
FIELD = ("kmsKeyId",)
WRONG = "is not encrypted with a key of ours"


def check(found: Object) -> Faults:
    """Ask for the one field."""
    if not is_own_key(found, *FIELD):
        yield found.fails(WRONG, *FIELD)


ALLOWS, REFUSES = key_examples(GROUP, FIELD, WRONG)

RULE = Rule(
    id="log-group-encrypted",
    title="Log groups are encrypted with a customer's key",
    why="Logs hold addresses, names and now and then a token, and AWS's own key has no list of who may read them.",
    fix="Set kmsKeyId to the ARN of a key that CloudWatch Logs may use.",
    severity=Severity.MEDIUM,
    covers=("go-live-readiness:94", "go-live-readiness:104"),
    kinds=frozenset({GROUP}),
    check=EachObject(check),
    awaits=(".".join(FIELD),),
    allows=ALLOWS,
    refuses=REFUSES,
)
