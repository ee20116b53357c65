"""Nobody deletes the audit trail for two years.

Each trail needs, for the bucket that its `s3BucketName` says, a `BucketObjectLockConfiguration` whose default retention
has mode COMPLIANCE for 730 days (or 2 years) at least. Reference: the checklist's immutable trail.
"""

from collections.abc import Sequence

from guardrails.aws.relations import could_be, require_companion
from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import Rule, Severity, WholeStack

TRAIL = "aws:cloudtrail/trail:Trail"
LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
RETENTION = ("rule", "defaultRetention")
DAYS = 730
YEARS = 2
PROBLEM = "writes into a bucket that can be emptied within two years"


def check(stack: Sequence[Object]) -> Violations:
    """Find the lock of each trail's bucket."""
    locks = [(obj, "bucket") for obj in stack if obj.id == LOCK]
    for trail in stack:
        if trail.id == TRAIL:
            yield from require_companion(trail, "s3BucketName", PROBLEM, locks, _sound)


def _sound(lock: Object) -> tuple[bool, list[Node]]:
    mode, days, years = (lock.at(*RETENTION, field) for field in ("mode", "days", "years"))
    kept = [days] if _is_long(days, DAYS) else [years]
    return could_be(mode, "COMPLIANCE") and (_is_long(days, DAYS) or _is_long(years, YEARS)), [mode, *kept]


def _is_long(place: Node, least: int) -> bool:
    value = place.plain
    number = isinstance(value, int | float) and not isinstance(value, bool) and value >= least
    return number or isinstance(value, Unknown)


def _lock(bucket: str = "audit", **retention: Plain) -> tuple[Resource, ...]:
    kept: Plain = {"mode": "COMPLIANCE", **(retention or {"days": DAYS})}
    return aws_resource(LOCK, "lock", bucket=bucket, rule={"defaultRetention": kept})


SHOP = aws_resource(TRAIL, s3BucketName="audit")

RULE = Rule(
    id="trail-bucket-locked",
    title="Trails are kept where nobody can delete them",
    why="The first thing an intruder with an administrator's rights does is to delete the record of it.",
    fix="Lock the trail's bucket in this stack: Object Lock, mode COMPLIANCE, 730 days or more.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:95", "optibid:64"),
    kinds=frozenset({TRAIL, LOCK}),
    check=WholeStack(check),
    allows={
        "two years in days": (*SHOP, *_lock()),
        "two years": (*SHOP, *_lock(years=2)),
    },
    refuses={
        "no lock": bad_example(SHOP, f"Trail shop {PROBLEM}"),
        "another bucket's": bad_example((*SHOP, *_lock("other")), f"Trail shop {PROBLEM}"),
        "a year": bad_example((*SHOP, *_lock(days=365)), f"Trail shop {PROBLEM}"),
        "a lock that administrators open": bad_example(
            (*SHOP, *_lock(mode="GOVERNANCE", days=DAYS)), f"Trail shop {PROBLEM}"
        ),
        "for no time": bad_example((*SHOP, *_lock(days=None)), f"Trail shop {PROBLEM}"),
    },
)
