"""Caches and brokers encrypt what passes through them.

Fields: `transitEncryptionEnabled` of ElastiCache groups, and of clusters that belong to none (unset means no), whose
`transitEncryptionMode` is not `preferred`; `requireTls` of proxies of databases (unset means no); and of
`encryptionInfo.encryptionInTransit` of MSK clusters `clientBroker` (unset means TLS) and `inCluster` (unset means
yes).
"""

from guardrails.aws.relations import is_given
from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
NODE = "aws:elasticache/cluster:Cluster"
PROXY = "aws:rds/proxy:Proxy"
BROKER = "aws:msk/cluster:Cluster"
TRANSIT = ("encryptionInfo", "encryptionInTransit")
PROBLEM = "lets data pass in plain text"


def check(obj: Object) -> Violations:
    """Ask each kind in its own words."""
    if obj.id == BROKER:
        if obj.differs_from(*TRANSIT, "clientBroker", than=("TLS",)):
            yield obj.fails(PROBLEM, *TRANSIT, "clientBroker")
        if obj.differs_from(*TRANSIT, "inCluster", than=(True,)):
            yield obj.fails(PROBLEM, *TRANSIT, "inCluster")
    elif obj.id == PROXY:
        if obj.is_not("requireTls", value=True):
            yield obj.fails(PROBLEM, "requireTls")
    elif obj.id == NODE and is_given(obj, "replicationGroupId"):
        return
    elif obj.is_not("transitEncryptionEnabled", value=True):
        yield obj.fails(PROBLEM, "transitEncryptionEnabled")
    elif obj.differs_from("transitEncryptionMode", than=("required", "")):
        yield obj.fails(PROBLEM, "transitEncryptionMode")


def _broker(**transit: Plain) -> tuple[Resource, ...]:
    return aws_resource(BROKER, encryptionInfo={"encryptionInTransit": transit})


RULE = Rule(
    id="transit-encrypted",
    title="Caches and brokers encrypt data in transit",
    why="Sessions, prices and passwords cross the network readable by whoever can listen on it.",
    fix="Set transitEncryptionEnabled to true, or encryptionInTransit.clientBroker to TLS.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:94",),
    kinds=frozenset({CACHE, NODE, BROKER, PROXY}),
    check=EachObject(check),
    known_after_deploy=("replicationGroupId",),
    allows={
        "a cache": aws_resource(CACHE, transitEncryptionEnabled=True),
        "a cache in full": aws_resource(CACHE, transitEncryptionEnabled=True, transitEncryptionMode="required"),
        "a node of a group": aws_resource(NODE, replicationGroupId="shop"),
        "a node of a group of the same program": aws_resource(NODE, replicationGroupId=Unknown.LATER),
        "a proxy": aws_resource(PROXY, requireTls=True),
        "a broker by default": aws_resource(BROKER),
        "a broker in full": _broker(clientBroker="TLS", inCluster=True),
    },
    refuses={
        "unset": bad_example(aws_resource(CACHE), f"ReplicationGroup shop {PROBLEM}"),
        "null": bad_example(aws_resource(CACHE, transitEncryptionEnabled=None), f"ReplicationGroup shop {PROBLEM}"),
        "a cache by itself": bad_example(aws_resource(NODE, engine="memcached"), f"Cluster shop {PROBLEM}"),
        "a proxy": bad_example(aws_resource(PROXY), f"Proxy shop {PROBLEM}"),
        "only preferred": bad_example(
            aws_resource(CACHE, transitEncryptionEnabled=True, transitEncryptionMode="preferred"),
            f"ReplicationGroup shop {PROBLEM}",
        ),
        "a broker for both": bad_example(_broker(clientBroker="TLS_PLAINTEXT"), f"Cluster shop {PROBLEM}"),
        "among brokers": bad_example(_broker(inCluster=False), f"Cluster shop {PROBLEM}"),
    },
)
