"""A bucket writes down who read what.

Each bucket needs a `BucketLogging` for its name; a bucket that takes in the logs of others needs none. Reference: FSBP
S3.9.
"""

from collections.abc import Sequence

from guardrails.aws.relations import BUCKETS, lacks_partner
from guardrails.examples.aws import in_kinds, made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
from guardrails.model.node import Node
from guardrails.model.resources import Object
from guardrails.rule import Rule, Severity, WholeStack

BUCKET = "aws:s3/bucket:Bucket"
LOGGING = "aws:s3/bucketLogging:BucketLogging"
KINDS = frozenset({LOGGING, "aws:s3/bucketLoggingV2:BucketLoggingV2"})
WRONG = "keeps no record of who read what"


def check(stack: Sequence[Object]) -> Faults:
    """Find each bucket's log, or whose log it is."""
    logs = [found for found in stack if found.id in KINDS]
    partners = [*((log, "bucket") for log in logs), *((log, "targetBucket") for log in logs)]
    for bucket in stack:
        if bucket.id in BUCKETS:
            yield from lacks_partner(bucket, "bucket", WRONG, partners, _sound)


def _sound(_: Object) -> tuple[bool, list[Node]]:
    return True, []


SHOP = made(BUCKET, bucket="shop")
LOGS = made(BUCKET, "logs", bucket="logs")

RULE = Rule(
    id="bucket-access-logged",
    title="Buckets keep a record of access",
    why="When data turns up where it should not be, the record says who took it and what else.",
    fix="Name the bucket, and add a BucketLogging for that name with a bucket for logs as its targetBucket.",
    severity=Severity.LOW,
    covers=("go-live-readiness:104", "new-services:211"),
    kinds=BUCKETS | KINDS,
    check=WholeStack(check),
    allows={
        "logged": (*SHOP, *made(LOGGING, "log", bucket="shop", targetBucket="elsewhere")),
        "logged in the old kind": (
            *SHOP,
            *made("aws:s3/bucketLoggingV2:BucketLoggingV2", "log", bucket="shop", targetBucket="elsewhere"),
        ),
        "both": (*SHOP, *LOGS, *made(LOGGING, "log", bucket="shop", targetBucket="logs")),
    },
    refuses={
        "none": refusal(SHOP, f"Bucket shop {WRONG}"),
        "another bucket's": refusal(
            (*SHOP, *made(LOGGING, "log", bucket="other", targetBucket="logs")), f"Bucket shop {WRONG}"
        ),
        **in_kinds(refusal(SHOP, f"Bucket shop {WRONG}"), BUCKETS),
    },
)
