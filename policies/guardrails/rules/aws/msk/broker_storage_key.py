"""Kafka's messages are encrypted with a key of ours.

Field: `encryptionInfo.encryptionAtRestKmsKeyArn`; unset means none; one that is known only after deployment counts.
Reference: Checkov CKV_AWS_81.
"""

from guardrails.aws.relations import is_own_key
from guardrails.examples.aws import key_examples
from guardrails.model.findings import Faults
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

CLUSTER = "aws:msk/cluster:Cluster"
FIELD = ("encryptionInfo", "encryptionAtRestKmsKeyArn")
WRONG = "does not encrypt messages with a key of ours"


def check(found: Object) -> Faults:
    """Ask for the one field."""
    if not is_own_key(found, *FIELD):
        yield found.fails(WRONG, *FIELD)


ALLOWS, REFUSES = key_examples(CLUSTER, FIELD, WRONG)

RULE = Rule(
    id="broker-storage-key",
    title="Brokers encrypt messages with a customer's key",
    why="The key that AWS makes by itself can't be taken away from somebody who should no longer read.",
    fix="Set encryptionInfo.encryptionAtRestKmsKeyArn to the ARN of the key for data.",
    severity=Severity.MEDIUM,
    covers=("go-live-readiness:94",),
    kinds=frozenset({CLUSTER}),
    check=EachObject(check),
    awaits=(".".join(FIELD),),
    allows=ALLOWS,
    refuses=REFUSES,
)
