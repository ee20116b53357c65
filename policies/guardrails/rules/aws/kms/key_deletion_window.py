"""A deleted key can be had back for thirty days.

Field: `deletionWindowInDays`; unset means 30, which is also the most that AWS offers.
"""

from guardrails.examples.aws import aws_resource, in_kinds
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.model.values import Unknown
from guardrails.rule import EachObject, Rule, Severity

KEY = "aws:kms/key:Key"
KINDS = frozenset(
    {
        KEY,
        "aws:kms/replicaKey:ReplicaKey",
        "aws:kms/externalKey:ExternalKey",
        "aws:kms/replicaExternalKey:ReplicaExternalKey",
    }
)
DAYS = 30
PROBLEM = "can be had back for less than 30 days after its deletion"


def check(key: Object) -> Violations:
    """Refuse a window that somebody shortened."""
    days = key.read("deletionWindowInDays")
    if days is not None and (not isinstance(days, int | float) or days < DAYS) and not isinstance(days, Unknown):
        yield key.fails(PROBLEM, "deletionWindowInDays")


RULE = Rule(
    id="key-deletion-window",
    title="Deleted keys can be had back for a month",
    why="With the key goes everything that it encrypts, backups included, and nobody notices within a week.",
    fix="Set deletionWindowInDays to 30, or leave it out.",
    severity=Severity.MEDIUM,
    covers=("go-live-readiness:94", "production:11"),
    kinds=KINDS,
    check=EachObject(check),
    allows={
        "unset": aws_resource(KEY),
        "null": aws_resource(KEY, deletionWindowInDays=None),
        "thirty days": aws_resource(KEY, deletionWindowInDays=30),
    },
    refuses={
        "a week": bad_example(aws_resource(KEY, deletionWindowInDays=7), f"Key shop {PROBLEM}"),
        **in_kinds(bad_example(aws_resource(KEY, deletionWindowInDays=7), f"Key shop {PROBLEM}"), KINDS),
        "one day less": bad_example(aws_resource(KEY, deletionWindowInDays=29), f"Key shop {PROBLEM}"),
    },
)
