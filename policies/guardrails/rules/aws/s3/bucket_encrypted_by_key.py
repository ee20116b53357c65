"""A bucket is encrypted with a key of ours.

Each bucket needs a `BucketServerSideEncryptionConfiguration` for its name, all of whose rules say `aws:kms` and name a
key. A bucket that takes in access logs (of buckets or load balancers) needs none: AWS writes those with its own key
only. Reference: FSBP S3.17.
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
ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
KINDS = frozenset(
    {ENCRYPTION, "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2"}
)
LOGGINGS = frozenset({"aws:s3/bucketLogging:BucketLogging", "aws:s3/bucketLoggingV2:BucketLoggingV2"})
BALANCERS = frozenset({"aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer"})
DEFAULT = "applyServerSideEncryptionByDefault"
PROBLEM = "is not encrypted with a key of ours"


def check(stack: Sequence[Object]) -> Violations:
    """Find each bucket's encryption."""
    partners = [(obj, "bucket") for obj in stack if obj.id in KINDS]
    targets = [
        *(obj.at("targetBucket") for obj in stack if obj.id in LOGGINGS),
        *(obj.at("accessLogs", "bucket") for obj in stack if obj.id in BALANCERS),
    ]
    for bucket in stack:
        if bucket.id not in BUCKETS or any(_takes_logs(bucket, target) for target in targets):
            continue
        for fault in require_companion(bucket, "bucket", PROBLEM, partners, _sound):
            name = [bucket.at("bucket")] if targets else []
            doubts = [place for place in (*targets, *name) if isinstance(place.plain, Unknown)]
            yield doubts[0].undecided() if doubts else fault


def _takes_logs(bucket: Object, target: Node) -> bool:
    name = bucket.peek("bucket")
    return isinstance(name, str) and name == target.plain


def _sound(obj: Object) -> tuple[bool, list[Node]]:
    rules = obj.at("rules")
    if isinstance(rules.plain, Unknown):
        return True, [rules]
    whole = [rule for rule in rules.elements() if isinstance(rule.plain, Unknown)]
    known = [rule.at(DEFAULT) for rule in rules.elements() if not isinstance(rule.plain, Unknown)]
    algorithms = [each.at("sseAlgorithm") for each in known]
    keys = [each.at("kmsMasterKeyId") for each in known]
    fits = all(could_be(each, "aws:kms", "aws:kms:dsse") for each in algorithms) and all(map(_is_key, keys))
    doubts = [each for each in keys if isinstance(each.plain, Unknown) and not _is_awaited(each)]
    return fits and bool(whole or known), [*whole, *algorithms, *doubts]


def _is_awaited(key: Node) -> bool:
    return key.plain is Unknown.LATER and key.path.endswith("kmsMasterKeyId")


def _is_key(key: Node) -> bool:
    return isinstance(key.plain, Unknown) or (
        isinstance(key.plain, str) and bool(key.plain) and "alias/aws/" not in key.plain
    )


def _encryption(bucket: str = "shop", kind: str = ENCRYPTION, /, **default: Plain) -> tuple[Resource, ...]:
    rule: Plain = {DEFAULT: {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "arn:aws:kms:key/shop", **default}}
    return aws_resource(kind, "encryption", bucket=bucket, rules=[rule])


SHOP = aws_resource(BUCKET, bucket="shop")

RULE = Rule(
    id="bucket-encrypted-by-key",
    title="Buckets are encrypted with a customer's key",
    why="With Amazon's own key whoever may read the bucket may decrypt it too, and nobody can take that away at once.",
    fix="Name the bucket, and add a BucketServerSideEncryptionConfiguration with aws:kms and the ARN of a key.",
    severity=Severity.MEDIUM,
    covers=("go-live-readiness:94",),
    kinds=BUCKETS | KINDS | LOGGINGS | BALANCERS,
    check=WholeStack(check),
    known_after_deploy=(f"rules.{DEFAULT}.kmsMasterKeyId",),
    allows={
        "a key": (*SHOP, *_encryption()),
        "a key of the same program": (*SHOP, *_encryption(kmsMasterKeyId=Unknown.LATER)),
        **{kind: (*SHOP, *_encryption("shop", kind)) for kind in sorted(KINDS - {ENCRYPTION})},
        **{
            f"access logs of {kind}": (*SHOP, *aws_resource(kind, "log", bucket="other", targetBucket="shop"))
            for kind in sorted(LOGGINGS)
        },
        **{
            f"access logs of {kind}": (*SHOP, *aws_resource(kind, "front", accessLogs={"bucket": "shop"}))
            for kind in sorted(BALANCERS)
        },
    },
    refuses={
        "none": bad_example(SHOP, f"Bucket shop {PROBLEM}"),
        "another bucket's": bad_example((*SHOP, *_encryption("other")), f"Bucket shop {PROBLEM}"),
        "Amazon's key": bad_example((*SHOP, *_encryption(sseAlgorithm="AES256")), f"Bucket shop {PROBLEM}"),
        "Amazon's key by its alias": bad_example(
            (*SHOP, *_encryption(kmsMasterKeyId="alias/aws/s3")), f"Bucket shop {PROBLEM}"
        ),
        "no key named": bad_example((*SHOP, *_encryption(kmsMasterKeyId=None)), f"Bucket shop {PROBLEM}"),
        **in_kinds(bad_example(SHOP, f"Bucket shop {PROBLEM}"), BUCKETS),
    },
)
