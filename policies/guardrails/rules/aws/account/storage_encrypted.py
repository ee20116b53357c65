"""Whatever holds data encrypts it at rest.

Fields: `encrypted` of EBS volumes, EFS file systems and copies of snapshots and images, `atRestEncryptionEnabled` of
ElastiCache groups, `storageEncrypted` of databases, `encryptAtRest.enabled` of search domains,
`serverSideEncryption.enabled` of DAX and the volumes of workspaces; unset means no. A replica (`replicateSourceDb`) is
encrypted as its source is, and so are ElastiCache for Valkey and Redshift by default. A Redis cluster that belongs to
no group can't be encrypted. Reference: FSBP RDS.3, EC2.3, EFS.1, ElastiCache.4, DocumentDB.1, Neptune.1, Redshift.10,
ES.1, Opensearch.1, DynamoDB.3, WorkSpaces.1 and WorkSpaces.2, Checkov CKV_AWS_235.
"""

from guardrails.aws.relations import DATABASES, INSTANCE, is_exempt, is_given
from guardrails.examples.aws import aws_resource, in_kinds
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.model.values import Unknown
from guardrails.rule import EachObject, Rule, Severity

VOLUME = "aws:ebs/volume:Volume"
CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
NODE = "aws:elasticache/cluster:Cluster"
WAREHOUSE = "aws:redshift/cluster:Cluster"
WORKSPACE = "aws:workspaces/workspace:Workspace"
FIELDS = {
    VOLUME: "encrypted",
    "aws:efs/fileSystem:FileSystem": "encrypted",
    "aws:ebs/snapshotCopy:SnapshotCopy": "encrypted",
    "aws:ebs/snapshotImport:SnapshotImport": "encrypted",
    "aws:ec2/amiCopy:AmiCopy": "encrypted",
    CACHE: "atRestEncryptionEnabled",
    "aws:appsync/apiCache:ApiCache": "atRestEncryptionEnabled",
    NODE: "engine",
    "aws:rds/globalCluster:GlobalCluster": "storageEncrypted",
    "aws:docdb/globalCluster:GlobalCluster": "storageEncrypted",
    "aws:neptune/globalCluster:GlobalCluster": "storageEncrypted",
    "aws:opensearch/domain:Domain": "encryptAtRest.enabled",
    "aws:elasticsearch/domain:Domain": "encryptAtRest.enabled",
    "aws:dax/cluster:Cluster": "serverSideEncryption.enabled",
    WAREHOUSE: "encrypted",
    WORKSPACE: "rootVolumeEncryptionEnabled",
    **dict.fromkeys(DATABASES, "storageEncrypted"),
}
"""Kind to the field that switches encryption on, with dots."""
PROBLEM = "does not encrypt what it stores"


def check(store: Object) -> Violations:
    """Ask for the kind's own field."""
    if store.id == NODE:
        yield from _alone(store)
        return
    field = FIELDS.get(store.id, "encrypted").split(".")
    if store.id == WAREHOUSE:
        # The provider takes the words there, and says yes by itself.
        if store.differs_from(*field, than=(True, "true")):
            yield store.fails(PROBLEM, *field)
        return
    if store.id == WORKSPACE and store.is_not("userVolumeEncryptionEnabled", value=True):
        yield store.fails(PROBLEM, "userVolumeEncryptionEnabled")
    if not store.is_not(*field, value=True) or (store.id == INSTANCE and is_exempt(store, "replicateSourceDb")):
        return
    engine = store.read("engine") if store.id == CACHE and store.peek(*field) is None else None
    if engine != "valkey" and not isinstance(engine, Unknown):
        yield store.fails(PROBLEM, *field)


def _alone(cache: Object) -> Violations:
    """A cache that belongs to no group can't encrypt what it keeps; memcached keeps nothing on a disk."""
    engine = cache.read("engine")
    if engine == "memcached" or isinstance(engine, Unknown):
        return
    if not is_given(cache, "replicationGroupId"):
        yield cache.fails(PROBLEM, "engine")


RULE = Rule(
    id="storage-encrypted",
    title="Stores encrypt data at rest",
    why="A copied snapshot or a lost disk would be readable by whoever has it.",
    fix="Set encrypted, storageEncrypted or atRestEncryptionEnabled to true, as the kind calls it.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:94",),
    kinds=frozenset(FIELDS),
    check=EachObject(check),
    known_after_deploy=("replicationGroupId",),
    allows={
        "a volume": aws_resource(VOLUME, encrypted=True),
        "a database": aws_resource(INSTANCE, storageEncrypted=True),
        "a replica": aws_resource(INSTANCE, replicateSourceDb="shop"),
        "a node of a group": aws_resource(NODE, replicationGroupId="shop"),
        "a node of a group of the same program": aws_resource(NODE, replicationGroupId=Unknown.LATER),
        "memcached": aws_resource(NODE, engine="memcached"),
        "a search domain": aws_resource("aws:opensearch/domain:Domain", encryptAtRest={"enabled": True}),
        "a warehouse by default": aws_resource(WAREHOUSE),
        "a warehouse": aws_resource(WAREHOUSE, encrypted="true"),
        "a workspace": aws_resource(WORKSPACE, rootVolumeEncryptionEnabled=True, userVolumeEncryptionEnabled=True),
        "Valkey by default": aws_resource(CACHE, engine="valkey"),
    },
    refuses={
        "unset": bad_example(aws_resource(VOLUME), f"Volume shop {PROBLEM}"),
        "null": bad_example(aws_resource(INSTANCE, storageEncrypted=None), f"Instance shop {PROBLEM}"),
        "off": bad_example(
            aws_resource("aws:efs/fileSystem:FileSystem", encrypted=False), f"FileSystem shop {PROBLEM}"
        ),
        "a cache": bad_example(aws_resource(CACHE, engine="redis"), f"ReplicationGroup shop {PROBLEM}"),
        "Valkey switched off": bad_example(
            aws_resource(CACHE, engine="valkey", atRestEncryptionEnabled=False), f"ReplicationGroup shop {PROBLEM}"
        ),
        "a cache by itself": bad_example(aws_resource(NODE, engine="redis"), f"Cluster shop {PROBLEM}"),
        "a warehouse": bad_example(aws_resource(WAREHOUSE, encrypted="false"), f"Cluster shop {PROBLEM}"),
        "a workspace's own files": bad_example(
            aws_resource(WORKSPACE, rootVolumeEncryptionEnabled=True), f"Workspace shop {PROBLEM}"
        ),
        "a workspace's system": bad_example(
            aws_resource(WORKSPACE, userVolumeEncryptionEnabled=True), f"Workspace shop {PROBLEM}"
        ),
        **in_kinds(
            bad_example(aws_resource(VOLUME), f"Volume shop {PROBLEM}"),
            set(FIELDS) - DATABASES - {WAREHOUSE, WORKSPACE, NODE, CACHE},
        ),
        **in_kinds(bad_example(aws_resource(INSTANCE), f"Instance shop {PROBLEM}"), DATABASES),
    },
)
