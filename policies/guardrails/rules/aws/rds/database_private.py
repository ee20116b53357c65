"""No database has a public address.

Field: `publiclyAccessible` (of a graph `publicConnectivity`); unset means no. A search domain has one unless
`vpcOptions.subnetIds` name where it lies, and a collection of one if the `policy` of a network policy says
`AllowFromPublic`. Reference: FSBP RDS.2, Redshift.1, RedshiftServerless.3, DMS.1, ES.2, Opensearch.2.
"""

import json

from guardrails.aws.relations import INSTANCE, names_some
from guardrails.examples.aws import aws_resource, in_kinds
from guardrails.examples.kubernetes import bad_example
from guardrails.model.embedded_json import document
from guardrails.model.findings import Violations
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
PROBLEM = "has a public address"


def check(database: Object) -> Violations:
    """Refuse a public address."""
    field = "publicConnectivity" if database.id == GRAPH else "publiclyAccessible"
    if database.id in DOMAINS:
        if not names_some(database, *SUBNETS):
            yield database.fails(PROBLEM, *SUBNETS)
    elif database.id == COLLECTIONS:
        yield from _network(database)
    elif database.differs_from(field, than=(False,)):
        yield database.fails(PROBLEM, field)


def _network(policy: Object) -> Violations:
    """Look into a network policy, a list that is JSON text; one about encryption names no network."""
    if policy.read("type") == "encryption":
        return
    for part in document(policy.at("policy")).items():
        if part.differs_from("AllowFromPublic", than=(False,)):
            yield policy.fails(PROBLEM, "policy")


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
    known_after_deploy=(".".join(SUBNETS),),
    allows={
        "unset": aws_resource(INSTANCE),
        "null": aws_resource(INSTANCE, publiclyAccessible=None),
        "private": aws_resource(INSTANCE, publiclyAccessible=False),
        "a domain in a VPC": aws_resource(DOMAIN, vpcOptions={"subnetIds": ["subnet-1"]}),
        "a domain in subnets of the program": aws_resource(DOMAIN, vpcOptions={"subnetIds": [Unknown.LATER]}),
        "collections in a VPC": aws_resource(COLLECTIONS, **_collections(public=False)),
        "keys of collections": aws_resource(
            COLLECTIONS, type="encryption", policy='{"Rules": [], "AWSOwnedKey": true}'
        ),
    },
    refuses={
        "public": bad_example(aws_resource(INSTANCE, publiclyAccessible=True), f"Instance shop {PROBLEM}"),
        "a public member of a cluster": bad_example(
            aws_resource("aws:rds/clusterInstance:ClusterInstance", publiclyAccessible=True),
            f"ClusterInstance shop {PROBLEM}",
        ),
        **in_kinds(bad_example(aws_resource(INSTANCE, publiclyAccessible=True), f"Instance shop {PROBLEM}"), SWITCHED),
        "a graph": bad_example(aws_resource(GRAPH, publicConnectivity=True), f"Graph shop {PROBLEM}"),
        "a domain": bad_example(aws_resource(DOMAIN), f"Domain shop {PROBLEM}"),
        "a domain in no subnet": bad_example(
            aws_resource(DOMAIN, vpcOptions={"subnetIds": []}), f"Domain shop {PROBLEM}"
        ),
        "collections": bad_example(
            aws_resource(COLLECTIONS, **_collections(public=True)), f"ServerlessSecurityPolicy shop {PROBLEM}"
        ),
        **in_kinds(bad_example(aws_resource(DOMAIN), f"Domain shop {PROBLEM}"), DOMAINS),
    },
)
