"""Kafka's messages are encrypted with a key of ours.

Field: `encryptionInfo.encryptionAtRestKmsKeyArn`; unset means none; one that is known only after deployment counts.
Reference: Checkov CKV_AWS_81.
"""

from guardrails.aws.relations import is_own_key
from guardrails.examples.aws import key_examples
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

CLUSTER = "aws:msk/cluster:Cluster"
FIELD = ("encryptionInfo", "encryptionAtRestKmsKeyArn")
PROBLEM = "does not encrypt messages with a key of ours"


def check(obj: Object) -> Violations:
    """Ask for the one field."""
    if not is_own_key(obj, *FIELD):
        yield obj.fails(PROBLEM, *FIELD)


ALLOWS, REFUSES = key_examples(CLUSTER, FIELD, PROBLEM)

RULE = Rule(
    id="broker-storage-key",
    title="Brokers encrypt messages with a customer's key",
    why="The key that AWS makes by itself can't be taken away from somebody who should no longer read.",
    fix="Set encryptionInfo.encryptionAtRestKmsKeyArn to the ARN of the key for data.",
    severity=Severity.MEDIUM,
    covers=("go-live-readiness:94",),
    kinds=frozenset({CLUSTER}),
    check=EachObject(check),
    known_after_deploy=(".".join(FIELD),),
    allows=ALLOWS,
    refuses=REFUSES,
)
