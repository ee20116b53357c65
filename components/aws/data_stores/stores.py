"""The stores of one environment that AWS runs, each as the stack file chose it."""

from collections.abc import Mapping
from typing import Annotated, Self

import pulumi
from pydantic import Field, model_validator

from components.args import Args
from components.aws.data_stores.access import DataKeys, DataNetwork
from components.aws.data_stores.cache import Cache, CacheArgs, CacheSize
from components.aws.data_stores.kafka import Kafka, KafkaArgs, KafkaSize
from components.aws.data_stores.postgresql import Postgresql, PostgresqlArgs, PostgresqlSize
from components.aws.iam import Place
from settings.vocabulary import DnsLabel

COPIES = 3
"""How many zones Kafka needs for its copies."""
DATABASE = "golive"
"""The first database of the server, where products' own are made from."""


class DataStoresArgs(Args):
    """Which stores AWS runs, and how big they are; one that is left out runs in the cluster."""

    place: Place
    network: DataNetwork
    keys: DataKeys
    products: Annotated[tuple[DnsLabel, ...], Field(min_length=1)]
    """Who uses the stores."""
    postgresql: PostgresqlSize | None = None
    redis: CacheSize | None = None
    kafka: KafkaSize | None = None
    tags: dict[str, str]

    @model_validator(mode="after")
    def _wide_enough(self) -> Self:
        if self.kafka is not None and len(self.network.subnets) != COPIES:
            raise ValueError(
                f"expected {COPIES} subnets for kafka, one in each zone; found {len(self.network.subnets)}"
            )
        return self


class DataStores(pulumi.ComponentResource):
    """Owns the stores that AWS runs.

    A store's own component says which checklist lines it answers.
    """

    hosts: Mapping[str, pulumi.Output[str]]
    """By store (``postgresql``, ``redis``, ``kafka``), where clients connect; for Kafka, its bootstrap brokers."""
    ports: Mapping[str, int]
    """By store, its port."""
    arns: Mapping[str, pulumi.Output[str]]
    """By store, what policies, backups and replicas name."""
    postgresql: Postgresql | None
    redis: Cache | None
    kafka: Kafka | None

    def __init__(self, name: str, args: DataStoresArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("golive:aws:DataStores", name, None, opts)
        self.postgresql, self.redis, self.kafka = self._postgresql(args), self._redis(args), self._kafka(args)
        hosts, ports, arns = {}, {}, {}
        if self.postgresql is not None:
            hosts["postgresql"], arns["postgresql"] = self.postgresql.address, self.postgresql.arn
            ports["postgresql"] = self.postgresql.port
        if self.redis is not None:
            hosts["redis"], arns["redis"], ports["redis"] = self.redis.address, self.redis.arn, self.redis.port
        if self.kafka is not None:
            hosts["kafka"], arns["kafka"] = self.kafka.bootstrap_brokers, self.kafka.arn
            ports["kafka"] = self.kafka.port
        self.hosts, self.ports, self.arns = hosts, ports, arns
        self.register_outputs({"hosts": hosts, "ports": ports, "arns": arns})

    def _postgresql(self, args: DataStoresArgs) -> Postgresql | None:
        if args.postgresql is None:
            return None
        made = PostgresqlArgs(
            place=args.place,
            network=args.network,
            keys=args.keys,
            size=args.postgresql,
            database=DATABASE,
            tags=args.tags,
        )
        return Postgresql("postgresql", made, pulumi.ResourceOptions(parent=self))

    def _redis(self, args: DataStoresArgs) -> Cache | None:
        if args.redis is None:
            return None
        made = CacheArgs(
            place=args.place,
            network=args.network,
            keys=args.keys,
            size=args.redis,
            products=args.products,
            tags=args.tags,
        )
        return Cache("redis", made, pulumi.ResourceOptions(parent=self))

    def _kafka(self, args: DataStoresArgs) -> Kafka | None:
        if args.kafka is None:
            return None
        made = KafkaArgs(place=args.place, network=args.network, keys=args.keys, size=args.kafka, tags=args.tags)
        return Kafka("kafka", made, pulumi.ResourceOptions(parent=self))
