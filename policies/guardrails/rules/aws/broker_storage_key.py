"""Kafka's messages are encrypted with a key of ours.

Field: `encryptionInfo.encryptionAtRestKmsKeyArn`; unset means none; one that is known only after deployment counts.
Reference: Checkov CKV_AWS_81.
"""

from guardrails.amazon import is_own_key, made
from guardrails.examples import refusal
from guardrails.plain import Unknown
from guardrails.resources import Object
from guardrails.rule import EachObject, Faults, Rule, Severity

CLUSTER = "aws:msk/cluster:Cluster"
FIELD = ("encryptionInfo", "encryptionAtRestKmsKeyArn")
WRONG = "does not encrypt messages with a key of ours"


def check(found: Object) -> Faults:
    """Ask for the one field."""
    if not is_own_key(found, *FIELD):
        yield found.fails(WRONG, *FIELD)


RULE = Rule(
    id="broker-storage-key",
    title="Brokers encrypt messages with a customer's key",
    why="The key that AWS makes by itself can't be taken away from somebody who should no longer read.",
    fix="Set encryptionInfo.encryptionAtRestKmsKeyArn to the ARN of the key for data.",
    severity=Severity.MEDIUM,
    covers=("go-live-readiness:94",),
    kinds=frozenset({CLUSTER}),
    check=EachObject(check),
    awaits=("encryptionInfo.encryptionAtRestKmsKeyArn",),
    allows={
        "a key": made(
            CLUSTER, encryptionInfo={"encryptionAtRestKmsKeyArn": "arn:aws:kms:us-east-1:111122223333:key/shop"}
        ),
        "one of the same program": made(CLUSTER, encryptionInfo={"encryptionAtRestKmsKeyArn": Unknown.LATER}),
    },
    refuses={
        "unset": refusal(made(CLUSTER), f"Cluster shop {WRONG}"),
        "null": refusal(made(CLUSTER, encryptionInfo={"encryptionAtRestKmsKeyArn": None}), f"Cluster shop {WRONG}"),
        "empty": refusal(made(CLUSTER, encryptionInfo={"encryptionAtRestKmsKeyArn": ""}), f"Cluster shop {WRONG}"),
        "AWS's own": refusal(
            made(CLUSTER, encryptionInfo={"encryptionAtRestKmsKeyArn": "alias/aws/service"}), f"Cluster shop {WRONG}"
        ),
    },
)
