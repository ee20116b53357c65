"""A bucket keeps what was overwritten or deleted.

Each bucket has `versioning.enabled`, or a `BucketVersioning` for its name whose `versioningConfiguration.status` is
Enabled.
"""

from collections.abc import Sequence

from guardrails.aws.relations import BUCKETS, could_be, lacks_partner
from guardrails.examples.aws import in_kinds, made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import Rule, Severity, WholeStack

BUCKET = "aws:s3/bucket:Bucket"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
KINDS = frozenset({VERSIONING, "aws:s3/bucketVersioningV2:BucketVersioningV2"})
INLINE = ("versioning", "enabled")
WRONG = "forgets what is overwritten or deleted"


def check(stack: Sequence[Object]) -> Faults:
    """Ask the bucket, then the resource beside it."""
    partners = [(found, "bucket") for found in stack if found.id in KINDS]
    for bucket in stack:
        if bucket.id not in BUCKETS or bucket.peek(*INLINE) is True:
            continue
        faults = list(lacks_partner(bucket, "bucket", WRONG, partners, _sound))
        if faults and isinstance(bucket.peek(*INLINE), Unknown):
            yield bucket.undecided(*INLINE)
        else:
            yield from faults


def _sound(versioning: Object) -> tuple[bool, list[Node]]:
    status = versioning.at("versioningConfiguration", "status")
    return could_be(status, "Enabled"), [status]


def _versioning(bucket: str = "shop", status: Plain = "Enabled") -> tuple[Resource, ...]:
    return made(VERSIONING, "versions", bucket=bucket, versioningConfiguration={"status": status})


SHOP = made(BUCKET, bucket="shop")

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
            *made(
                "aws:s3/bucketVersioningV2:BucketVersioningV2",
                "versions",
                bucket="shop",
                versioningConfiguration={"status": "Enabled"},
            ),
        ),
        "inside it": made(BUCKET, bucket="shop", versioning={"enabled": True}),
    },
    refuses={
        "unset": refusal(SHOP, f"Bucket shop {WRONG}"),
        "null": refusal(made(BUCKET, bucket="shop", versioning=None), f"Bucket shop {WRONG}"),
        "another bucket's": refusal((*SHOP, *_versioning("other")), f"Bucket shop {WRONG}"),
        "suspended": refusal((*SHOP, *_versioning(status="Suspended")), f"Bucket shop {WRONG}"),
        "switched off": refusal(made(BUCKET, bucket="shop", versioning={"enabled": False}), f"Bucket shop {WRONG}"),
        **in_kinds(refusal(SHOP, f"Bucket shop {WRONG}"), BUCKETS),
    },
)
