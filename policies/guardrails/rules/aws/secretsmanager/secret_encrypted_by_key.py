"""Secrets are encrypted with a key of ours.

Field: `kmsKeyId`; unset means none; one that is known only after deployment counts. Reference: Checkov CKV_AWS_149.
"""

from guardrails.aws.relations import is_own_key
from guardrails.examples.aws import key_examples
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

STORED = "aws:secretsmanager/secret:Secret"
FIELD = ("kmsKeyId",)
PROBLEM = "is not encrypted with a key of ours"


def check(obj: Object) -> Violations:
    """Ask for the one field."""
    if not is_own_key(obj, *FIELD):
        yield obj.fails(PROBLEM, *FIELD)


ALLOWS, REFUSES = key_examples(STORED, FIELD, PROBLEM)

RULE = Rule(
    id="secret-encrypted-by-key",
    title="Secrets are encrypted with a customer's key",
    why="The account's default key lets whoever may read the secret decrypt it too, so one mistake is enough.",
    fix="Set kmsKeyId to the ARN of the key for secrets.",
    severity=Severity.MEDIUM,
    covers=("go-live-readiness:96", "optibid:61"),
    kinds=frozenset({STORED}),
    check=EachObject(check),
    known_after_deploy=(".".join(FIELD),),
    allows=ALLOWS,
    refuses=REFUSES,
)
