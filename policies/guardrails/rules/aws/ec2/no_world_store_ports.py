"""Nobody reaches a data store from anywhere.

Ingress rules stand inside a security group (`ingress`) or alone. One is refused when it names every address of either
family and its ports include that of a data store. Reference: FSBP EC2.19.
"""

from guardrails.aws.security_groups import DEFAULT_GROUP, GROUP, INGRESS, KINDS, LIGHTSAIL, RULE_OF_GROUP, open_ports
from guardrails.examples.aws import aws_resource, in_kinds
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.model.values import Plain
from guardrails.rule import EachObject, Rule, Severity

STORE_PORTS = (
    1433,  # SQL Server
    2181,  # ZooKeeper
    2379,  # etcd
    3306,  # MySQL
    5432,  # PostgreSQL
    6379,  # Redis
    8123,  # ClickHouse by HTTP
    9000,  # ClickHouse, MinIO
    9092,  # Kafka
    9094,  # Kafka by TLS
    9098,  # Kafka with IAM
    9200,  # Elasticsearch
    11211,  # memcached
    27017,  # MongoDB
)
PROBLEM = "lets the whole world reach a data store"
WORLD: Plain = ["0.0.0.0/0"]


def check(obj: Object) -> Violations:
    """Look for a way to a store's port."""
    yield from open_ports(obj, STORE_PORTS, PROBLEM)


RULE = Rule(
    id="no-world-store-ports",
    title="Security groups keep the world from data stores",
    why="A data store on the internet is found within hours, and copied or encrypted for ransom within days.",
    fix="Name the security group of the clients, or their networks in cidrBlocks.",
    severity=Severity.CRITICAL,
    covers=("optibid:73", "go-live-readiness:97", "production:17"),
    kinds=KINDS,
    check=EachObject(check),
    allows={
        "HTTPS for all": aws_resource(
            GROUP, ingress=[{"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": WORLD}]
        ),
        "PostgreSQL for a network": aws_resource(
            INGRESS, ipProtocol="tcp", fromPort=5432, toPort=5432, cidrIpv4="10.0.0.0/8"
        ),
        "Redis for a group": aws_resource(
            INGRESS, ipProtocol="tcp", fromPort=6379, toPort=6379, referencedSecurityGroupId="sg-0a1b2c3d"
        ),
        "egress": aws_resource(
            RULE_OF_GROUP, type="egress", protocol="tcp", fromPort=5432, toPort=5432, cidrBlocks=WORLD
        ),
    },
    refuses={
        "PostgreSQL": bad_example(
            aws_resource(INGRESS, ipProtocol="tcp", fromPort=5432, toPort=5432, cidrIpv4="0.0.0.0/0"),
            f"SecurityGroupIngressRule shop {PROBLEM}",
        ),
        "MySQL at Lightsail": bad_example(
            aws_resource(LIGHTSAIL, portInfos=[{"protocol": "tcp", "fromPort": 3306, "toPort": 3306, "cidrs": WORLD}]),
            f"InstancePublicPorts shop {PROBLEM}",
        ),
        "a range around Kafka": bad_example(
            aws_resource(GROUP, ingress=[{"protocol": "tcp", "fromPort": 9090, "toPort": 9099, "cidrBlocks": WORLD}]),
            f"SecurityGroup shop {PROBLEM}",
        ),
        "Redis by IPv6": bad_example(
            aws_resource(
                RULE_OF_GROUP, type="ingress", protocol="tcp", fromPort=6379, toPort=6379, ipv6CidrBlocks=["::/0"]
            ),
            f"SecurityGroupRule shop {PROBLEM}",
        ),
        **in_kinds(
            bad_example(
                aws_resource(
                    GROUP, ingress=[{"protocol": "tcp", "fromPort": 5432, "toPort": 5432, "cidrBlocks": WORLD}]
                ),
                f"SecurityGroup shop {PROBLEM}",
            ),
            [DEFAULT_GROUP],
        ),
    },
)
