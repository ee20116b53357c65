"""A cache outlives a zone, and its data outlives the cache.

Fields: `automaticFailoverEnabled` and `multiAzEnabled` (unset means no), `snapshotRetentionLimit` (unset means no
snapshots). Reference: FSBP ElastiCache.1 and ElastiCache.3.
"""

from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
SWITCHES = ("automaticFailoverEnabled", "multiAzEnabled")
STOPS = "stops with its zone"
LOSES = "keeps no snapshot"


def check(cache: Object) -> Violations:
    """Ask for both switches and the snapshots."""
    for field in SWITCHES:
        if cache.is_not(field, value=True):
            yield cache.fails(STOPS, field)
            break
    days = cache.read("snapshotRetentionLimit")
    if not isinstance(days, Unknown) and not (isinstance(days, int | float) and days >= 1 and days is not True):
        yield cache.fails(LOSES, "snapshotRetentionLimit")


ON: dict[str, Plain] = dict.fromkeys(SWITCHES, True)

RULE = Rule(
    id="cache-survives-zone",
    title="Caches outlive a zone and can be had back",
    why="Sessions, limits and queues live in the cache, and with one copy they are gone with its machine.",
    fix="Set automaticFailoverEnabled and multiAzEnabled to true, and snapshotRetentionLimit to 1 or more.",
    severity=Severity.MEDIUM,
    covers=("production:50", "signal-service-v2:24", "optibid:30"),
    kinds=frozenset({CACHE}),
    check=EachObject(check),
    allows={
        "both, with snapshots": aws_resource(CACHE, **ON, snapshotRetentionLimit=30),
        "one snapshot": aws_resource(CACHE, **ON, snapshotRetentionLimit=1),
    },
    refuses={
        "unset": bad_example(aws_resource(CACHE), f"ReplicationGroup shop {STOPS}", f"ReplicationGroup shop {LOSES}"),
        "one zone": bad_example(
            aws_resource(CACHE, automaticFailoverEnabled=True, multiAzEnabled=False, snapshotRetentionLimit=1),
            f"ReplicationGroup shop {STOPS}",
        ),
        "no snapshots": bad_example(
            aws_resource(CACHE, **ON, snapshotRetentionLimit=0), f"ReplicationGroup shop {LOSES}"
        ),
    },
)
