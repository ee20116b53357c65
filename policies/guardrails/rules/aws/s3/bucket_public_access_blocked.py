"""No bucket can be made public, whatever a policy or an ACL says.

Each bucket needs a `BucketPublicAccessBlock` for its name with all four switches on; unset means off. A block of the
whole account has them all on too. Access points have them all on where nothing is said, and none may switch one off
(`publicAccessBlockConfiguration`, of several regions `details.publicAccessBlock`). Reference: FSBP S3.1, S3.8, S3.19
and S3.24.
"""

from collections.abc import Sequence

from guardrails.aws.relations import BUCKETS, could_be, lacks_partner
from guardrails.examples.aws import in_kinds, made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
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
WRONG = "could be made public"


def check(stack: Sequence[Object]) -> Faults:
    """Find each bucket's block."""
    blocks = [(found, "bucket") for found in stack if found.id == BLOCK]
    for account in stack:
        lacking = [switch for switch in SWITCHES if account.id == ACCOUNT and account.lacks(switch, value=ON)]
        if lacking:
            yield account.fails(OPEN, lacking[0])
    for point in stack:
        place = point.at(*POINTS.get(point.id, ()))
        off = [switch for switch in SWITCHES if point.id in POINTS and place.other(switch, than=(ON,))]
        if off:
            yield place.fails(WRONG, off[0])
    for bucket in stack:
        if bucket.id in BUCKETS:
            yield from lacks_partner(bucket, "bucket", WRONG, blocks, _sound)


def _sound(block: Object) -> tuple[bool, list[Node]]:
    places = [block.at(switch) for switch in SWITCHES]
    return all(could_be(place, ON) for place in places), places


def _block(**changes: Plain) -> tuple[Resource, ...]:
    props: dict[str, Plain] = {"bucket": "shop", **dict.fromkeys(SWITCHES, True), **changes}
    return made(BLOCK, "block", **props)


SHOP = made(BUCKET, bucket="shop")

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
        "the account": made(ACCOUNT, **dict.fromkeys(SWITCHES, True)),
        "an access point": made("aws:s3/accessPoint:AccessPoint", bucket="shop"),
        "blocked in the old kind": (*made("aws:s3/bucketV2:BucketV2", bucket="shop"), *_block()),
    },
    refuses={
        "no block": refusal(SHOP, f"Bucket shop {WRONG}"),
        "the account": refusal(
            made(ACCOUNT, **{**dict.fromkeys(SWITCHES, True), "blockPublicAcls": False}),
            f"AccountPublicAccessBlock shop {OPEN}",
        ),
        "another bucket's": refusal((*SHOP, *_block(bucket="other")), f"Bucket shop {WRONG}"),
        "one switch off": refusal((*SHOP, *_block(ignorePublicAcls=False)), f"Bucket shop {WRONG}"),
        "an access point": refusal(
            made("aws:s3/accessPoint:AccessPoint", publicAccessBlockConfiguration={"blockPublicAcls": False}),
            f"AccessPoint shop {WRONG}",
        ),
        "an access point of several regions": refusal(
            made(
                "aws:s3control/multiRegionAccessPoint:MultiRegionAccessPoint",
                details={"publicAccessBlock": {"restrictPublicBuckets": False}},
            ),
            f"MultiRegionAccessPoint shop {WRONG}",
        ),
        "one switch null": refusal((*SHOP, *_block(blockPublicPolicy=None)), f"Bucket shop {WRONG}"),
        **in_kinds(refusal(SHOP, f"Bucket shop {WRONG}"), BUCKETS),
    },
)
