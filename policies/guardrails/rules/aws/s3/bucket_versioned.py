"""A bucket keeps what was overwritten or deleted.

Each bucket has `versioning.enabled`, or a `BucketVersioning` for its name whose `versioningConfiguration.status` is
Enabled.
"""

from collections.abc import Sequence

from guardrails.aws.relations import BUCKETS, could_be, require_companion
from guardrails.examples.aws import aws_resource, in_kinds
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import Rule, Severity, WholeStack

BUCKET = "aws:s3/bucket:Bucket"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
KINDS = frozenset({VERSIONING, "aws:s3/bucketVersioningV2:BucketVersioningV2"})
INLINE = ("versioning", "enabled")
PROBLEM = "forgets what is overwritten or deleted"


def check(stack: Sequence[Object]) -> Violations:
    """Ask the bucket, then the resource beside it."""
    partners = [(obj, "bucket") for obj in stack if obj.id in KINDS]
    for bucket in stack:
        if bucket.id not in BUCKETS or bucket.peek(*INLINE) is True:
            continue
        faults = list(require_companion(bucket, "bucket", PROBLEM, partners, _sound))
        if faults and isinstance(bucket.peek(*INLINE), Unknown):
            yield bucket.undecided(*INLINE)
        else:
            yield from faults


def _sound(versioning: Object) -> tuple[bool, list[Node]]:
    status = versioning.at("versioningConfiguration", "status")
    return could_be(status, "Enabled"), [status]


def _versioning(bucket: str = "shop", status: Plain = "Enabled") -> tuple[Resource, ...]:
    return aws_resource(VERSIONING, "versions", bucket=bucket, versioningConfiguration={"status": status})


SHOP = aws_resource(BUCKET, bucket="shop")

RULE = Rule(
    id="bucket-versioned",
    title="Buckets keep old versions",
    why="A backup that a faulty job or an intruder overwrites is gone, however often it was written.",
    fix="Name the bucket, and add a BucketVersioning for that name with status Enabled.",
    severity=Severity.MEDIUM,
    covers=("go-live-readiness:116", "production:11", "optibid:75"),
    kinds=BUCKETS | KINDS,
    check=WholeStack(check),
    allows={
        "beside it": (*SHOP, *_versioning()),
        "beside it in the old kind": (
            *SHOP,
            *aws_resource(
                "aws:s3/bucketVersioningV2:BucketVersioningV2",
                "versions",
                bucket="shop",
                versioningConfiguration={"status": "Enabled"},
            ),
        ),
        "inside it": aws_resource(BUCKET, bucket="shop", versioning={"enabled": True}),
    },
    refuses={
        "unset": bad_example(SHOP, f"Bucket shop {PROBLEM}"),
        "null": bad_example(aws_resource(BUCKET, bucket="shop", versioning=None), f"Bucket shop {PROBLEM}"),
        "another bucket's": bad_example((*SHOP, *_versioning("other")), f"Bucket shop {PROBLEM}"),
        "suspended": bad_example((*SHOP, *_versioning(status="Suspended")), f"Bucket shop {PROBLEM}"),
        "switched off": bad_example(
            aws_resource(BUCKET, bucket="shop", versioning={"enabled": False}), f"Bucket shop {PROBLEM}"
        ),
        **in_kinds(bad_example(SHOP, f"Bucket shop {PROBLEM}"), BUCKETS),
    },
)
