"""The data stores that AWS runs, where an environment chooses that over the cluster."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from settings.amazon import (
    BrokerType,
    CacheNodes,
    CacheNodeType,
    DatabaseClass,
    DatabaseZones,
    DiskSize,
    KafkaVersion,
    PostgresqlVersion,
    ValkeyVersion,
)
from settings.errors import ContradictionError, Fault
from settings.surroundings import Part


class Postgresql(Part):
    """RDS for PostgreSQL."""

    version: PostgresqlVersion
    """The version."""
    instance_class: DatabaseClass
    """The kind of machine."""
    zones: DatabaseZones
    """Two keep a standby in another zone."""
    storage: DiskSize
    """What it starts with, in GiB."""
    most_storage: DiskSize
    """How far AWS may grow it, in GiB: a tenth more than ``storage`` at least."""

    @model_validator(mode="after")
    def _can_grow(self) -> Self:
        if self.most_storage * 10 < self.storage * 11:
            found = f"{self.most_storage}, with storage {self.storage}"
            raise ContradictionError(
                Fault(("mostStorage",), found, "a tenth more than storage, for example storage: 100, mostStorage: 500")
            )
        return self


class Redis(Part):
    """ElastiCache for Valkey."""

    version: ValkeyVersion
    """The version."""
    node_type: CacheNodeType
    """The kind of machine."""
    nodes: CacheNodes
    """How many, the primary included."""


class Kafka(Part):
    """Amazon MSK: a broker in each zone."""

    version: KafkaVersion
    """The version."""
    instance_type: BrokerType
    """The kind of machine."""
    storage: DiskSize
    """The disk of each broker, in GiB."""


class ManagedStores(Part):
    """Which stores AWS runs; one that is left out runs in the cluster, or elsewhere."""

    postgresql: Annotated[Postgresql, Field(examples=["{version: '17', instanceClass: db.m7g.large, ...}"])] | None = (
        None
    )
    """The database."""
    redis: Annotated[Redis, Field(examples=["{version: '8.0', nodeType: cache.m7g.large, nodes: 3}"])] | None = None
    """The cache."""
    kafka: (
        Annotated[Kafka, Field(examples=["{version: 3.9.x, instanceType: kafka.m7g.large, storage: 500}"])] | None
    ) = None
    """The broker."""

    @property
    def names(self) -> tuple[str, ...]:
        """The stores that AWS runs, by their names in the catalogue."""
        chosen = {"postgresql": self.postgresql, "redis": self.redis, "kafka": self.kafka}
        return tuple(name for name, size in chosen.items() if size is not None)
