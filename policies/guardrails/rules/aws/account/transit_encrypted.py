"""Caches and brokers encrypt what passes through them.

Fields: `transitEncryptionEnabled` of ElastiCache groups, and of clusters that belong to none (unset means no), whose
`transitEncryptionMode` is not `preferred`; `requireTls` of proxies of databases (unset means no); and of
`encryptionInfo.encryptionInTransit` of MSK clusters `clientBroker` (unset means TLS) and `inCluster` (unset means
yes).
"""

from guardrails.aws.relations import is_given
from guardrails.examples.aws import made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
NODE = "aws:elasticache/cluster:Cluster"
PROXY = "aws:rds/proxy:Proxy"
BROKER = "aws:msk/cluster:Cluster"
TRANSIT = ("encryptionInfo", "encryptionInTransit")
WRONG = "lets data pass in plain text"


def check(found: Object) -> Faults:
    """Ask each kind in its own words."""
    if found.id == BROKER:
        if found.other(*TRANSIT, "clientBroker", than=("TLS",)):
            yield found.fails(WRONG, *TRANSIT, "clientBroker")
        if found.other(*TRANSIT, "inCluster", than=(True,)):
            yield found.fails(WRONG, *TRANSIT, "inCluster")
    elif found.id == PROXY:
        if found.lacks("requireTls", value=True):
            yield found.fails(WRONG, "requireTls")
    elif found.id == NODE and is_given(found, "replicationGroupId"):
        return
    elif found.lacks("transitEncryptionEnabled", value=True):
        yield found.fails(WRONG, "transitEncryptionEnabled")
    elif found.other("transitEncryptionMode", than=("required", "")):
        yield found.fails(WRONG, "transitEncryptionMode")


def _broker(**transit: Plain) -> tuple[Resource, ...]:
    return made(BROKER, encryptionInfo={"encryptionInTransit": transit})


RULE = Rule(
    id="transit-encrypted",
    title="Caches and brokers encrypt data in transit",
    why="Sessions, prices and passwords cross the network readable by whoever can listen on it.",
    fix="Set transitEncryptionEnabled to true, or encryptionInTransit.clientBroker to TLS.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:94",),
    kinds=frozenset({CACHE, NODE, BROKER, PROXY}),
    check=EachObject(check),
    awaits=("replicationGroupId",),
    allows={
        "a cache": made(CACHE, transitEncryptionEnabled=True),
        "a cache in full": made(CACHE, transitEncryptionEnabled=True, transitEncryptionMode="required"),
        "a node of a group": made(NODE, replicationGroupId="shop"),
        "a node of a group of the same program": made(NODE, replicationGroupId=Unknown.LATER),
        "a proxy": made(PROXY, requireTls=True),
        "a broker by default": made(BROKER),
        "a broker in full": _broker(clientBroker="TLS", inCluster=True),
    },
    refuses={
        "unset": refusal(made(CACHE), f"ReplicationGroup shop {WRONG}"),
        "null": refusal(made(CACHE, transitEncryptionEnabled=None), f"ReplicationGroup shop {WRONG}"),
        "a cache by itself": refusal(made(NODE, engine="memcached"), f"Cluster shop {WRONG}"),
        "a proxy": refusal(made(PROXY), f"Proxy shop {WRONG}"),
        "only preferred": refusal(
            made(CACHE, transitEncryptionEnabled=True, transitEncryptionMode="preferred"),
            f"ReplicationGroup shop {WRONG}",
        ),
        "a broker for both": refusal(_broker(clientBroker="TLS_PLAINTEXT"), f"Cluster shop {WRONG}"),
        "among brokers": refusal(_broker(inCluster=False), f"Cluster shop {WRONG}"),
    },
)
