"""Secrets are encrypted with a key of ours.

Field: `kmsKeyId`; unset means none; one that is known only after deployment counts. Reference: Checkov CKV_AWS_149.
"""

from guardrails.amazon import is_own_key, made
from guardrails.examples import refusal
from guardrails.plain import Unknown
from guardrails.resources import Object
from guardrails.rule import EachObject, Faults, Rule, Severity

STORED = "aws:secretsmanager/secret:Secret"
FIELD = ("kmsKeyId",)
WRONG = "is not encrypted with a key of ours"


def check(found: Object) -> Faults:
    """Ask for the one field."""
    if not is_own_key(found, *FIELD):
        yield found.fails(WRONG, *FIELD)


RULE = Rule(
    id="secret-encrypted-by-key",
    title="Secrets are encrypted with a customer's key",
    why="The account's default key lets whoever may read the secret decrypt it too, so one mistake is enough.",
    fix="Set kmsKeyId to the ARN of the key for secrets.",
    severity=Severity.MEDIUM,
    covers=("go-live-readiness:96", "optibid:61"),
    kinds=frozenset({STORED}),
    check=EachObject(check),
    awaits=("kmsKeyId",),
    allows={
        "a key": made(STORED, kmsKeyId="arn:aws:kms:us-east-1:111122223333:key/shop"),
        "one of the same program": made(STORED, kmsKeyId=Unknown.LATER),
    },
    refuses={
        "unset": refusal(made(STORED), f"Secret shop {WRONG}"),
        "null": refusal(made(STORED, kmsKeyId=None), f"Secret shop {WRONG}"),
        "empty": refusal(made(STORED, kmsKeyId=""), f"Secret shop {WRONG}"),
        "AWS's own": refusal(made(STORED, kmsKeyId="alias/aws/service"), f"Secret shop {WRONG}"),
    },
)
