"""The audit trail is encrypted with a key of ours.

Field: `kmsKeyId`; unset means none; one that is known only after deployment counts. Reference: CIS AWS Foundations
3.5, FSBP CloudTrail.2.
"""

from guardrails.aws.relations import is_own_key
from guardrails.examples.aws import key_examples
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

TRAIL = "aws:cloudtrail/trail:Trail"
FIELD = ("kmsKeyId",)
PROBLEM = "is not encrypted with a key of ours"


def check(obj: Object) -> Violations:
    """Ask for the one field."""
    if not is_own_key(obj, *FIELD):
        yield obj.fails(PROBLEM, *FIELD)


ALLOWS, REFUSES = key_examples(TRAIL, FIELD, PROBLEM)

RULE = Rule(
    id="trail-encrypted",
    title="Trails are encrypted with a customer's key",
    why="The trail tells an intruder who may do what; only auditors should be able to read it.",
    fix="Set kmsKeyId to the ARN of the audit key.",
    severity=Severity.MEDIUM,
    covers=("go-live-readiness:95", "go-live-readiness:94"),
    kinds=frozenset({TRAIL}),
    check=EachObject(check),
    known_after_deploy=(".".join(FIELD),),
    allows=ALLOWS,
    refuses=REFUSES,
)
