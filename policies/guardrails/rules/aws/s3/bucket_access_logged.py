"""A bucket writes down who read what.

Each bucket needs a `BucketLogging` for its name; a bucket that takes in the logs of others needs none. Reference: FSBP
S3.9.
"""

from collections.abc import Sequence

from guardrails.aws.relations import BUCKETS, require_companion
from guardrails.examples.aws import aws_resource, in_kinds
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object
from guardrails.rule import Rule, Severity, WholeStack

BUCKET = "aws:s3/bucket:Bucket"
LOGGING = "aws:s3/bucketLogging:BucketLogging"
KINDS = frozenset({LOGGING, "aws:s3/bucketLoggingV2:BucketLoggingV2"})
PROBLEM = "keeps no record of who read what"


def check(stack: Sequence[Object]) -> Violations:
    """Find each bucket's log, or whose log it is."""
    logs = [obj for obj in stack if obj.id in KINDS]
    partners = [*((log, "bucket") for log in logs), *((log, "targetBucket") for log in logs)]
    for bucket in stack:
        if bucket.id in BUCKETS:
            yield from require_companion(bucket, "bucket", PROBLEM, partners, _sound)


def _sound(_: Object) -> tuple[bool, list[Node]]:
    return True, []


SHOP = aws_resource(BUCKET, bucket="shop")
LOGS = aws_resource(BUCKET, "logs", bucket="logs")

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
        "logged": (*SHOP, *aws_resource(LOGGING, "log", bucket="shop", targetBucket="elsewhere")),
        "logged in the old kind": (
            *SHOP,
            *aws_resource("aws:s3/bucketLoggingV2:BucketLoggingV2", "log", bucket="shop", targetBucket="elsewhere"),
        ),
        "both": (*SHOP, *LOGS, *aws_resource(LOGGING, "log", bucket="shop", targetBucket="logs")),
    },
    refuses={
        "none": bad_example(SHOP, f"Bucket shop {PROBLEM}"),
        "another bucket's": bad_example(
            (*SHOP, *aws_resource(LOGGING, "log", bucket="other", targetBucket="logs")), f"Bucket shop {PROBLEM}"
        ),
        **in_kinds(bad_example(SHOP, f"Bucket shop {PROBLEM}"), BUCKETS),
    },
)
