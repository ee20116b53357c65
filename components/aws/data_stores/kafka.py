"""Kafka by MSK: a broker in each zone, encrypted, reached with IAM, and never two copies short."""

from typing import Annotated

import pulumi
import pulumi_aws as aws
from pydantic import Field

from components.args import Args
from components.aws.data_stores.access import DataKeys, DataNetwork, admit
from components.aws.iam import Place

IAM_PORT = 9098
"""Where brokers take clients that sign in with IAM."""
METRICS_PORTS = (11001, 11002)
"""Where brokers show Prometheus their own metrics and their machine's."""
LOG_DAYS = 365
PROPERTIES = {
    "auto.create.topics.enable": "false",
    "default.replication.factor": "3",
    "min.insync.replicas": "2",
    "unclean.leader.election.enable": "false",
    "log.retention.hours": "168",
}
"""Three copies of which two are written before an answer, and no leader that has missed messages."""


class KafkaSize(Args):
    """How big it is; what the stack file says of it."""

    version: Annotated[str, Field(pattern=r"^\d\.\d\.[\dx]+(\.kraft)?$")]
    """Kafka's version as MSK spells it, for example ``3.9.x``."""
    instance_type: Annotated[str, Field(pattern=r"^(express|kafka)\.[a-z0-9-]+\.[a-z0-9]+$")]
    """For example ``kafka.m7g.large``."""
    brokers_per_zone: Annotated[int, Field(ge=1, le=10)] = 1
    storage_gib: Annotated[int, Field(ge=1, le=16384)]
    """Of each broker."""


class KafkaArgs(Args):
    """Brokers for one environment."""

    place: Place
    network: DataNetwork
    """Three subnets, for three copies."""
    keys: DataKeys
    size: KafkaSize
    tags: dict[str, str]


class Kafka(pulumi.ComponentResource):
    """Owns the brokers, their settings, their place in the network and their log.

    Answers production:96 and optibid:31 (Kafka), go-live-readiness:94 (encryption both ways) and production:50
    (failover). Clients sign in with IAM; nobody connects without.
    """

    bootstrap_brokers: pulumi.Output[str]
    """``host:port`` of some brokers, separated by commas."""
    port: int
    arn: pulumi.Output[str]
    """What an IAM policy for ``kafka-cluster:Connect`` names."""

    def __init__(self, name: str, args: KafkaArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("golive:aws:Kafka", name, None, opts)
        cluster = self._cluster(name, args, self._configuration(name, args), self._log(name, args))
        self.bootstrap_brokers = cluster.bootstrap_brokers_sasl_iam
        self.port = IAM_PORT
        self.arn = cluster.arn
        self.register_outputs({"bootstrap_brokers": self.bootstrap_brokers, "port": self.port, "arn": self.arn})

    def _cluster(
        self, name: str, args: KafkaArgs, configuration: aws.msk.Configuration, logs: aws.cloudwatch.LogGroup
    ) -> aws.msk.Cluster:
        group = admit(self, name, args.place, args.network, (IAM_PORT, *METRICS_PORTS), args.tags)
        return aws.msk.Cluster(
            f"{name}-cluster",
            cluster_name=f"{args.place.name}-kafka",
            kafka_version=args.size.version,
            number_of_broker_nodes=args.size.brokers_per_zone * len(args.network.subnets),
            broker_node_group_info={
                "instance_type": args.size.instance_type,
                "client_subnets": list(args.network.subnets),
                "security_groups": [group.id],
                "storage_info": {"ebs_storage_info": {"volume_size": args.size.storage_gib}},
                "connectivity_info": {"public_access": {"type": "DISABLED"}},
            },
            client_authentication={"sasl": {"iam": True}, "unauthenticated": False},
            encryption_info={
                "encryption_at_rest_kms_key_arn": args.keys.data,
                "encryption_in_transit": {"client_broker": "TLS", "in_cluster": True},
            },
            configuration_info={"arn": configuration.arn, "revision": configuration.latest_revision},
            enhanced_monitoring="PER_TOPIC_PER_BROKER",
            open_monitoring={
                "prometheus": {
                    "jmx_exporter": {"enabled_in_broker": True},
                    "node_exporter": {"enabled_in_broker": True},
                }
            },
            logging_info={"broker_logs": {"cloudwatch_logs": {"enabled": True, "log_group": logs.name}}},
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _configuration(self, name: str, args: KafkaArgs) -> aws.msk.Configuration:
        return aws.msk.Configuration(
            f"{name}-configuration",
            name=f"{args.place.name}-kafka",
            description="Three copies, two of them written, and no topic that nobody asked for",
            kafka_versions=[args.size.version],
            server_properties="".join(f"{key}={value}\n" for key, value in PROPERTIES.items()),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _log(self, name: str, args: KafkaArgs) -> aws.cloudwatch.LogGroup:
        return aws.cloudwatch.LogGroup(
            f"{name}-log",
            name=f"/aws/msk/{args.place.name}-kafka",
            retention_in_days=LOG_DAYS,
            kms_key_id=args.keys.logs,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
