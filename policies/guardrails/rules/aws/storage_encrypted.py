"""Whatever holds data encrypts it at rest.

Fields: `encrypted` of EBS volumes and EFS file systems, `atRestEncryptionEnabled` of ElastiCache groups, and
`storageEncrypted` of databases; unset means no. A replica (`replicateSourceDb`) is encrypted as its source is, and so
is ElastiCache for Valkey by default. A Redis cluster that belongs to no group can't be encrypted.
"""

from guardrails.amazon import DATABASES, INSTANCE, in_kinds, is_exempt, is_given, made
from guardrails.examples import refusal
from guardrails.plain import Unknown
from guardrails.resources import Object
from guardrails.rule import EachObject, Faults, Rule, Severity

VOLUME = "aws:ebs/volume:Volume"
CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
NODE = "aws:elasticache/cluster:Cluster"
FIELDS = {
    VOLUME: "encrypted",
    "aws:efs/fileSystem:FileSystem": "encrypted",
    CACHE: "atRestEncryptionEnabled",
    NODE: "engine",
    "aws:rds/globalCluster:GlobalCluster": "storageEncrypted",
    **dict.fromkeys(DATABASES, "storageEncrypted"),
}
WRONG = "does not encrypt what it stores"


def check(store: Object) -> Faults:
    """Ask for the kind's own field."""
    if store.id == NODE:
        yield from _alone(store)
        return
    field = FIELDS.get(store.id, "encrypted")
    if not store.lacks(field, value=True) or (store.id == INSTANCE and is_exempt(store, "replicateSourceDb")):
        return
    engine = store.read("engine") if store.id == CACHE and store.peek(field) is None else None
    if engine != "valkey" and not isinstance(engine, Unknown):
        yield store.fails(WRONG, field)


def _alone(cache: Object) -> Faults:
    """A cache that belongs to no group can't encrypt what it keeps; memcached keeps nothing on a disk."""
    engine = cache.read("engine")
    if engine == "memcached" or isinstance(engine, Unknown):
        return
    if not is_given(cache, "replicationGroupId"):
        yield cache.fails(WRONG, "engine")


RULE = Rule(
    id="storage-encrypted",
    title="Stores encrypt data at rest",
    why="A copied snapshot or a lost disk would be readable by whoever has it.",
    fix="Set encrypted, storageEncrypted or atRestEncryptionEnabled to true, as the kind calls it.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:94",),
    kinds=frozenset(FIELDS),
    check=EachObject(check),
    awaits=("replicationGroupId",),
    allows={
        "a volume": made(VOLUME, encrypted=True),
        "a database": made(INSTANCE, storageEncrypted=True),
        "a replica": made(INSTANCE, replicateSourceDb="shop"),
        "a node of a group": made(NODE, replicationGroupId="shop"),
        "a node of a group of the same program": made(NODE, replicationGroupId=Unknown.LATER),
        "memcached": made(NODE, engine="memcached"),
        "Valkey by default": made(CACHE, engine="valkey"),
    },
    refuses={
        "unset": refusal(made(VOLUME), f"Volume shop {WRONG}"),
        "null": refusal(made(INSTANCE, storageEncrypted=None), f"Instance shop {WRONG}"),
        "off": refusal(made("aws:efs/fileSystem:FileSystem", encrypted=False), f"FileSystem shop {WRONG}"),
        "a cache": refusal(made(CACHE, engine="redis"), f"ReplicationGroup shop {WRONG}"),
        "Valkey switched off": refusal(
            made(CACHE, engine="valkey", atRestEncryptionEnabled=False), f"ReplicationGroup shop {WRONG}"
        ),
        "a cache by itself": refusal(made(NODE, engine="redis"), f"Cluster shop {WRONG}"),
        "a database of several regions": refusal(
            made("aws:rds/globalCluster:GlobalCluster"), f"GlobalCluster shop {WRONG}"
        ),
        **in_kinds(refusal(made(INSTANCE), f"Instance shop {WRONG}"), DATABASES),
    },
)
