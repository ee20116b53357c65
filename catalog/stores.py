"""The data stores that the products use, by kind."""

from catalog.model import CHOSEN, Secret, Store

POSTGRESQL = Store(
    name="postgresql",
    title="PostgreSQL",
    port=5432,
    variable="POSTGRESQL",
    credentials=("USER", "PASSWORD"),
    source=CHOSEN,
)
TIMESCALEDB = Store(
    name="timescaledb",
    title="PostgreSQL with TimescaleDB",
    port=5432,
    variable="TIMESCALEDB",
    credentials=("USER", "PASSWORD"),
    source=CHOSEN,
)
CLICKHOUSE = Store(
    name="clickhouse",
    title="ClickHouse, over HTTP",
    port=8123,
    variable="CLICKHOUSE",
    credentials=("USER", "PASSWORD"),
    source="optibid:287",
)
REDIS = Store(name="redis", title="Redis", port=6379, variable="REDIS", credentials=("PASSWORD",), source=CHOSEN)
KAFKA = Store(
    name="kafka",
    title="Kafka",
    port=9092,
    variable="KAFKA",
    credentials=("USER", "PASSWORD"),
    source="optibid:284",
)
OBJECT_STORAGE = Store(
    name="object-storage",
    title="MinIO or S3",
    port=443,
    variable="OBJECT_STORAGE",
    credentials=("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"),
    source=CHOSEN,
)

ISSUED = ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY")
"""Credentials that the store itself hands out."""

STORES = (POSTGRESQL, TIMESCALEDB, CLICKHOUSE, REDIS, KAFKA, OBJECT_STORAGE)
"""Every store that a service may name."""


def names(*stores: Store) -> tuple[str, ...]:
    """Name the stores, as ``Service.stores`` wants them."""
    return tuple(store.name for store in stores)


def credentials(service: str, *stores: Store) -> Secret:
    """Describe the one secret in which a service finds its own credentials for these stores."""
    keys = [(f"{store.variable}_{key}", key) for store in stores for key in store.credentials]
    return Secret(
        name=f"{service}-stores",
        keys=tuple(name for name, _ in keys),
        users=tuple(name for name, key in keys if key == "USER"),
        issued=tuple(name for name, key in keys if key in ISSUED),
    )
