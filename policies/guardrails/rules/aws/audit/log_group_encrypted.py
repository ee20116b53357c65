"""Logs are encrypted with a key of ours.

Field: `kmsKeyId`; unset means none; one that is known only after deployment counts. Reference: the EKS best practices
for audit logs.
"""

from guardrails.aws.relations import is_own_key
from guardrails.examples.aws import key_examples
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

GROUP = "aws:cloudwatch/logGroup:LogGroup"
FIELD = ("kmsKeyId",)
PROBLEM = "is not encrypted with a key of ours"


def check(obj: Object) -> Violations:
    """Ask for the one field."""
    if not is_own_key(obj, *FIELD):
        yield obj.fails(PROBLEM, *FIELD)


ALLOWS, REFUSES = key_examples(GROUP, FIELD, PROBLEM)

RULE = Rule(
    id="log-group-encrypted",
    title="Log groups are encrypted with a customer's key",
    why="Logs hold addresses, names and now and then a token, and AWS's own key has no list of who may read them.",
    fix="Set kmsKeyId to the ARN of a key that CloudWatch Logs may use.",
    severity=Severity.MEDIUM,
    covers=("go-live-readiness:94", "go-live-readiness:104"),
    kinds=frozenset({GROUP}),
    check=EachObject(check),
    known_after_deploy=(".".join(FIELD),),
    allows=ALLOWS,
    refuses=REFUSES,
)
