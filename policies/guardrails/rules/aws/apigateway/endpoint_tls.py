"""Endpoints of stores, transfers and APIs speak TLS, and no old one.

Fields: of search domains `nodeToNodeEncryption.enabled`, and in `domainEndpointOptions` a `tlsSecurityPolicy` of TLS
1.2 and no `enforceHttps` that is off; `clusterEndpointEncryptionType` TLS of DAX, `transitEncryptionEnabled` of
AppSync's caches, `tlsEnabled` of MemoryDB, which is on where nothing is said; an `sslMode` of the endpoints of DMS that
are databases, and no plaintext in its settings of Redis and Kafka; a `securityPolicy` of TLS 1.2 of the names of REST
APIs; no FTP among the `protocols` of transfer servers. Reference: FSBP ES.3, ES.8, Opensearch.3, Opensearch.8,
DynamoDB.7, AppSync.6, DMS.9, DMS.12, Transfer.2, Checkov CKV_AWS_202 and CKV_AWS_206.
"""

import re
from collections.abc import Mapping

from guardrails.aws.relations import texts
from guardrails.examples.aws import aws_resource, in_kinds
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.node import Value
from guardrails.model.resources import Object
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

DOMAIN = "aws:opensearch/domain:Domain"
DOMAINS = frozenset({DOMAIN, "aws:elasticsearch/domain:Domain"})
DAX, MEMORY = "aws:dax/cluster:Cluster", "aws:memorydb/cluster:Cluster"
API_CACHE = "aws:appsync/apiCache:ApiCache"
MIGRATION = "aws:dms/endpoint:Endpoint"
API_NAME = "aws:apigateway/domainName:DomainName"
SERVER = "aws:transfer/server:Server"
OF_DOMAINS: Mapping[str, str] = {
    "nodeToNodeEncryption.enabled": "True",
    "domainEndpointOptions.tlsSecurityPolicy": r"Policy-Min-TLS-1-[23]-\S+",
}
NEEDED: Mapping[str, Mapping[str, str]] = {
    **dict.fromkeys(DOMAINS, OF_DOMAINS),
    DAX: {"clusterEndpointEncryptionType": "TLS"},
    API_CACHE: {"transitEncryptionEnabled": "True"},
    API_NAME: {"securityPolicy": r"TLS_1_2|SecurityPolicy_TLS1[23]_\S+"},
}
"""Kind to the fields that have to be there, with dots, and the pattern of what is sound."""
UNSWITCHED = {MEMORY: "tlsEnabled", **dict.fromkeys(DOMAINS, "domainEndpointOptions.enforceHttps")}
"""Kind to the field that is on where nothing is said."""
DATABASES = frozenset(
    {
        *("aurora", "aurora-postgresql", "azuredb", "babelfish", "db2", "db2-zos", "docdb", "mariadb", "mongodb"),
        *("mysql", "oracle", "postgres", "sqlserver", "sybase"),
    }
)
MODES = "require|verify-ca|verify-full"
PLAIN = (("redisSettings", "sslSecurityProtocol"), ("kafkaSettings", "securityProtocol"))
PROBLEM = "lets data pass in plain text or old TLS"


def check(obj: Object) -> Violations:
    """Ask each kind in its own words."""
    for path, pattern in NEEDED.get(obj.id, {}).items():
        if not _is(obj.read(*path.split(".")), pattern):
            yield obj.fails(PROBLEM, *path.split("."))
    if obj.id in UNSWITCHED and obj.differs_from(*UNSWITCHED[obj.id].split("."), than=(True,)):
        yield obj.fails(PROBLEM, *UNSWITCHED[obj.id].split("."))
    if obj.id == SERVER and "FTP" in texts(obj.at("protocols")):
        yield obj.fails(PROBLEM, "protocols")
    for field in PLAIN if obj.id == MIGRATION else ():
        if "plaintext" in str(obj.read(*field)):
            yield obj.fails(PROBLEM, *field)
    if obj.id not in {*NEEDED, *UNSWITCHED, SERVER} and not _is(obj.read("sslMode"), MODES) and _is_database(obj):
        yield obj.fails(PROBLEM, "sslMode")


def _is_database(endpoint: Object) -> bool:
    engine = endpoint.read("engineName")
    return isinstance(engine, str) and engine in DATABASES


def _is(value: Value, pattern: str) -> bool:
    """The whole value reads so, or nobody knows, which has been noted."""
    return isinstance(value, Unknown) or (isinstance(value, str | bool) and bool(re.fullmatch(pattern, str(value))))


def _domain(**options: Plain) -> dict[str, Plain]:
    secure: dict[str, Plain] = {"tlsSecurityPolicy": "Policy-Min-TLS-1-2-2019-07", **options}
    return {"nodeToNodeEncryption": {"enabled": True}, "domainEndpointOptions": secure}


BARE = bad_example(aws_resource(DOMAIN), *[f"Domain shop {PROBLEM}"] * 2)

RULE = Rule(
    id="endpoint-tls",
    title="Endpoints of stores, transfers and APIs speak TLS",
    why="Passwords, documents and answers cross networks readable by whoever can listen on them.",
    fix="Switch encryption in transit on and HTTPS to enforced, with a policy of TLS 1.2 at least.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:94", "optibid:54"),
    kinds=frozenset({*NEEDED, *UNSWITCHED, MIGRATION, SERVER}),
    check=EachObject(check),
    allows={
        "a domain": aws_resource(DOMAIN, **_domain()),
        "a domain in full": aws_resource(DOMAIN, **_domain(enforceHttps=True)),
        "an accelerator": aws_resource(DAX, clusterEndpointEncryptionType="TLS"),
        "memory": aws_resource(MEMORY, tlsEnabled=True),
        "memory by default": aws_resource(MEMORY),
        "a cache": aws_resource(API_CACHE, transitEncryptionEnabled=True),
        "a database to copy": aws_resource(MIGRATION, engineName="postgres", sslMode="verify-full"),
        "a cache to copy": aws_resource(
            MIGRATION, engineName="redis", redisSettings={"sslSecurityProtocol": "ssl-encryption"}
        ),
        "a bucket to copy": aws_resource(MIGRATION, engineName="s3"),
        "a name": aws_resource(API_NAME, securityPolicy="TLS_1_2"),
        "a name with TLS 1.3": aws_resource(API_NAME, securityPolicy="SecurityPolicy_TLS13_1_3_2025_09"),
        "a server": aws_resource(SERVER, protocols=["SFTP"]),
        "a server by default": aws_resource(SERVER),
    },
    refuses={
        "old TLS": bad_example(
            aws_resource(DOMAIN, **_domain(tlsSecurityPolicy="Policy-Min-TLS-1-0-2019-07")), f"Domain shop {PROBLEM}"
        ),
        "plain HTTP": bad_example(aws_resource(DOMAIN, **_domain(enforceHttps=False)), f"Domain shop {PROBLEM}"),
        "among nodes": bad_example(
            aws_resource(DOMAIN, **{**_domain(), "nodeToNodeEncryption": None}), f"Domain shop {PROBLEM}"
        ),
        "an accelerator": bad_example(aws_resource(DAX), f"Cluster shop {PROBLEM}"),
        "memory": bad_example(aws_resource(MEMORY, tlsEnabled=False), f"Cluster shop {PROBLEM}"),
        "a cache": bad_example(aws_resource(API_CACHE), f"ApiCache shop {PROBLEM}"),
        "a database to copy": bad_example(aws_resource(MIGRATION, engineName="mysql"), f"Endpoint shop {PROBLEM}"),
        "a cache to copy": bad_example(
            aws_resource(MIGRATION, engineName="redis", redisSettings={"sslSecurityProtocol": "plaintext"}),
            f"Endpoint shop {PROBLEM}",
        ),
        "a topic to copy to": bad_example(
            aws_resource(MIGRATION, engineName="kafka", kafkaSettings={"securityProtocol": "plaintext"}),
            f"Endpoint shop {PROBLEM}",
        ),
        "a name": bad_example(aws_resource(API_NAME, securityPolicy="TLS_1_0"), f"DomainName shop {PROBLEM}"),
        "a name that does not say": bad_example(aws_resource(API_NAME), f"DomainName shop {PROBLEM}"),
        "a server": bad_example(aws_resource(SERVER, protocols=["SFTP", "FTP"]), f"Server shop {PROBLEM}"),
        "nothing said": BARE,
        **in_kinds(BARE, DOMAINS),
    },
)
