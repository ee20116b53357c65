"""No database has a public address.

Field: `publiclyAccessible` (of a graph `publicConnectivity`); unset means no. A search domain has one unless
`vpcOptions.subnetIds` name where it lies, and a collection of one if the `policy` of a network policy says
`AllowFromPublic`. Reference: FSBP RDS.2, Redshift.1, RedshiftServerless.3, DMS.1, ES.2, Opensearch.2.
"""

import json

from guardrails.aws.relations import INSTANCE, names_some
from guardrails.examples.aws import in_kinds, made
from guardrails.examples.kubernetes import refusal
from guardrails.model.embedded_json import document
from guardrails.model.findings import Faults
from guardrails.model.resources import Object
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

SWITCHED = frozenset(
    {
        INSTANCE,
        "aws:rds/clusterInstance:ClusterInstance",
        "aws:neptune/clusterInstance:ClusterInstance",
        "aws:redshift/cluster:Cluster",
        "aws:redshiftserverless/workgroup:Workgroup",
        "aws:dms/replicationInstance:ReplicationInstance",
        "aws:timestreaminfluxdb/dbInstance:DbInstance",
        "aws:timestreaminfluxdb/dbCluster:DbCluster",
        "aws:lightsail/database:Database",
        "aws:rds/shardGroup:ShardGroup",
    }
)
GRAPH = "aws:neptunegraph/graph:Graph"
DOMAIN = "aws:opensearch/domain:Domain"
DOMAINS = frozenset({DOMAIN, "aws:elasticsearch/domain:Domain"})
COLLECTIONS = "aws:opensearch/serverlessSecurityPolicy:ServerlessSecurityPolicy"
SUBNETS = ("vpcOptions", "subnetIds")
WRONG = "has a public address"


def check(database: Object) -> Faults:
    """Refuse a public address."""
    field = "publicConnectivity" if database.id == GRAPH else "publiclyAccessible"
    if database.id in DOMAINS:
        if not names_some(database, *SUBNETS):
            yield database.fails(WRONG, *SUBNETS)
    elif database.id == COLLECTIONS:
        yield from _network(database)
    elif database.other(field, than=(False,)):
        yield database.fails(WRONG, field)


def _network(policy: Object) -> Faults:
    """Look into a network policy, a list that is JSON text; one about encryption names no network."""
    if policy.read("type") == "encryption":
        return
    for part in document(policy.at("policy")).items():
        if part.other("AllowFromPublic", than=(False,)):
            yield policy.fails(WRONG, "policy")


def _collections(*, public: bool) -> dict[str, Plain]:
    rules: Plain = [{"ResourceType": "collection", "Resource": ["collection/shop"]}]
    said = [{"Rules": rules, "AllowFromPublic": public}]
    return {"type": "network", "policy": json.dumps(said)}


RULE = Rule(
    id="database-private",
    title="Databases have no public address",
    why="A database on the internet is scanned within minutes, and its password is all that stands in between.",
    fix="Set publiclyAccessible to false, or leave it out.",
    severity=Severity.CRITICAL,
    covers=("optibid:63", "optibid:73", "go-live-readiness:97"),
    kinds=SWITCHED | DOMAINS | {GRAPH, COLLECTIONS},
    check=EachObject(check),
    awaits=(".".join(SUBNETS),),
    allows={
        "unset": made(INSTANCE),
        "null": made(INSTANCE, publiclyAccessible=None),
        "private": made(INSTANCE, publiclyAccessible=False),
        "a domain in a VPC": made(DOMAIN, vpcOptions={"subnetIds": ["subnet-1"]}),
        "a domain in subnets of the program": made(DOMAIN, vpcOptions={"subnetIds": [Unknown.LATER]}),
        "collections in a VPC": made(COLLECTIONS, **_collections(public=False)),
        "keys of collections": made(COLLECTIONS, type="encryption", policy='{"Rules": [], "AWSOwnedKey": true}'),
    },
    refuses={
        "public": refusal(made(INSTANCE, publiclyAccessible=True), f"Instance shop {WRONG}"),
        "a public member of a cluster": refusal(
            made("aws:rds/clusterInstance:ClusterInstance", publiclyAccessible=True), f"ClusterInstance shop {WRONG}"
        ),
        **in_kinds(refusal(made(INSTANCE, publiclyAccessible=True), f"Instance shop {WRONG}"), SWITCHED),
        "a graph": refusal(made(GRAPH, publicConnectivity=True), f"Graph shop {WRONG}"),
        "a domain": refusal(made(DOMAIN), f"Domain shop {WRONG}"),
        "a domain in no subnet": refusal(made(DOMAIN, vpcOptions={"subnetIds": []}), f"Domain shop {WRONG}"),
        "collections": refusal(
            made(COLLECTIONS, **_collections(public=True)), f"ServerlessSecurityPolicy shop {WRONG}"
        ),
        **in_kinds(refusal(made(DOMAIN), f"Domain shop {WRONG}"), DOMAINS),
    },
)
