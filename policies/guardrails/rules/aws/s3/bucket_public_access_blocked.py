"""No bucket can be made public, whatever a policy or an ACL says.

Each bucket needs a `BucketPublicAccessBlock` for its name with all four switches on; unset means off. A block of the
whole account has them all on too. Access points have them all on where nothing is said, and none may switch one off
(`publicAccessBlockConfiguration`, of several regions `details.publicAccessBlock`). Reference: FSBP S3.1, S3.8, S3.19
and S3.24.
"""

from collections.abc import Sequence

from guardrails.aws.relations import BUCKETS, could_be, require_companion
from guardrails.examples.aws import aws_resource, in_kinds
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain
from guardrails.rule import Rule, Severity, WholeStack

BUCKET = "aws:s3/bucket:Bucket"
BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
ACCOUNT = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"
POINTS = {
    "aws:s3/accessPoint:AccessPoint": ("publicAccessBlockConfiguration",),
    "aws:s3control/multiRegionAccessPoint:MultiRegionAccessPoint": ("details", "publicAccessBlock"),
}
SWITCHES = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
ON = True
OPEN = "lets buckets of the account be made public"
PROBLEM = "could be made public"


def check(stack: Sequence[Object]) -> Violations:
    """Find each bucket's block."""
    blocks = [(obj, "bucket") for obj in stack if obj.id == BLOCK]
    for account in stack:
        lacking = [switch for switch in SWITCHES if account.id == ACCOUNT and account.is_not(switch, value=ON)]
        if lacking:
            yield account.fails(OPEN, lacking[0])
    for point in stack:
        place = point.at(*POINTS.get(point.id, ()))
        off = [switch for switch in SWITCHES if point.id in POINTS and place.differs_from(switch, than=(ON,))]
        if off:
            yield place.fails(PROBLEM, off[0])
    for bucket in stack:
        if bucket.id in BUCKETS:
            yield from require_companion(bucket, "bucket", PROBLEM, blocks, _sound)


def _sound(block: Object) -> tuple[bool, list[Node]]:
    places = [block.at(switch) for switch in SWITCHES]
    return all(could_be(place, ON) for place in places), places


def _block(**changes: Plain) -> tuple[Resource, ...]:
    props: dict[str, Plain] = {"bucket": "shop", **dict.fromkeys(SWITCHES, True), **changes}
    return aws_resource(BLOCK, "block", **props)


SHOP = aws_resource(BUCKET, bucket="shop")

RULE = Rule(
    id="bucket-public-access-blocked",
    title="Buckets can't be made public",
    why="One careless policy publishes a bucket, and backups with it, to everybody who knows its name.",
    fix="Name the bucket, and add a BucketPublicAccessBlock for that name with all four switches true.",
    severity=Severity.CRITICAL,
    covers=("go-live-readiness:27", "optibid:34"),
    kinds=BUCKETS | {BLOCK, ACCOUNT, *POINTS},
    check=WholeStack(check),
    allows={
        "blocked": (*SHOP, *_block()),
        "the account": aws_resource(ACCOUNT, **dict.fromkeys(SWITCHES, True)),
        "an access point": aws_resource("aws:s3/accessPoint:AccessPoint", bucket="shop"),
        "blocked in the old kind": (*aws_resource("aws:s3/bucketV2:BucketV2", bucket="shop"), *_block()),
    },
    refuses={
        "no block": bad_example(SHOP, f"Bucket shop {PROBLEM}"),
        "the account": bad_example(
            aws_resource(ACCOUNT, **{**dict.fromkeys(SWITCHES, True), "blockPublicAcls": False}),
            f"AccountPublicAccessBlock shop {OPEN}",
        ),
        "another bucket's": bad_example((*SHOP, *_block(bucket="other")), f"Bucket shop {PROBLEM}"),
        "one switch off": bad_example((*SHOP, *_block(ignorePublicAcls=False)), f"Bucket shop {PROBLEM}"),
        "an access point": bad_example(
            aws_resource("aws:s3/accessPoint:AccessPoint", publicAccessBlockConfiguration={"blockPublicAcls": False}),
            f"AccessPoint shop {PROBLEM}",
        ),
        "an access point of several regions": bad_example(
            aws_resource(
                "aws:s3control/multiRegionAccessPoint:MultiRegionAccessPoint",
                details={"publicAccessBlock": {"restrictPublicBuckets": False}},
            ),
            f"MultiRegionAccessPoint shop {PROBLEM}",
        ),
        "one switch null": bad_example((*SHOP, *_block(blockPublicPolicy=None)), f"Bucket shop {PROBLEM}"),
        **in_kinds(bad_example(SHOP, f"Bucket shop {PROBLEM}"), BUCKETS),
    },
)
