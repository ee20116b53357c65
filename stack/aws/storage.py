"""Wire what keeps things: buckets, images, secrets, and the stores that AWS runs."""

from collections.abc import Sequence
from typing import Any

import pulumi

from components.aws.audit import trail_writer
from components.aws.bucket import bucket_name
from components.aws.buckets import Buckets, BucketsArgs, Copies, Wanted
from components.aws.cluster import Cluster
from components.aws.data_stores.access import DataKeys, DataNetwork
from components.aws.data_stores.cache import CacheSize
from components.aws.data_stores.kafka import KafkaSize
from components.aws.data_stores.postgresql import PostgresqlSize
from components.aws.data_stores.stores import DataStores, DataStoresArgs
from components.aws.network import Network
from components.aws.private_names import PrivateNames, PrivateNamesArgs
from components.aws.registry import Registry, RegistryArgs
from components.aws.secret_store import Copy, SecretArgs, SecretStore, SecretStoreArgs
from components.platform.external_secrets import remote_key
from settings.data import ManagedStores, Postgresql
from settings.foundation import Aws
from settings.models import Settings
from stack.aws.region import Region
from stack.resolve import Workload

AUDIT, OBJECTS, BACKUPS = "audit", "objects", "backups"
BACKUP_DAYS = 30
"""How long the backups that stores write themselves are kept (go-live-readiness:115 and go-live-readiness:116)."""


def registry(workloads: Sequence[Workload], here: Region, there: Region | None) -> Registry:
    """Make a repository for every image that runs."""
    args = RegistryArgs(
        place=here.place,
        repositories=tuple(dict.fromkeys(name for workload in workloads for name in workload.repositories)),
        key=here.keys["images"],
        copies=(there.place.region,) if there else (),
        tags=here.tags,
    )
    return Registry("registry", args, here.opts)


def buckets(wanted: Aws, here: Region, there: Region | None) -> Buckets:
    """Make the buckets; the audit trail's is locked."""
    trail = trail_writer(here.place, bucket_name(here.place, AUDIT))
    args = BucketsArgs(
        place=here.place,
        buckets=(
            Wanted(purpose=AUDIT, key="audit", lock_days=wanted.audit_days, allow=trail),
            Wanted(purpose=OBJECTS, key="objects"),
            Wanted(purpose=BACKUPS, key="objects", expire_days=BACKUP_DAYS),
        ),
        keys=here.keys,
        copies=Copies(place=there.place, provider=there.provider, keys=there.keys) if there else None,
        tags=here.tags,
    )
    return Buckets("buckets", args, here.opts)


def secrets(
    settings: Settings,
    wanted: Aws,
    workloads: Sequence[Workload],
    readers: tuple[str, ...],
    here: Region,
    there: Region | None,
) -> SecretStore:
    """Make every secret of the catalogue."""
    args = SecretStoreArgs(
        place=here.place,
        prefix=settings.environment,
        secrets=secrets_of(settings.environment, workloads),
        readers=readers,
        rotation_days=wanted.rotation_days,
        key=here.keys["secrets"],
        logs_key=here.keys["logs"],
        copies=(Copy(region=there.place.region, key=there.keys["secrets"]),) if there else (),
        tags=here.tags,
    )
    return SecretStore("secrets", args, here.opts)


def secrets_of(environment: str, workloads: Sequence[Workload]) -> tuple[SecretArgs, ...]:
    """List each secret of the environment once, with the origin of each of its keys."""
    origins: dict[str, dict[str, str]] = {}
    users: dict[str, str] = {}
    for workload in workloads:
        for secret in workload.secrets:
            name = remote_key(environment, workload.product, secret.name)
            origins.setdefault(name, {}).update({key: secret.origin(key) for key in secret.keys})
            users[name] = workload.name
    return tuple(
        SecretArgs(
            name=name,
            generated=tuple(key for key, origin in keys.items() if origin == "generated"),
            fixed={key: users[name] for key, origin in keys.items() if origin == "user"},
            issued=tuple(key for key, origin in keys.items() if origin == "issued"),
        )
        for name, keys in sorted(origins.items())
    )


def data_network(network: Network, cluster: Cluster) -> DataNetwork:
    """Say where stores stand, and that the cluster's nodes and pods may reach them."""
    return DataNetwork(vpc_id=network.id, subnets=network.data, clients=(cluster.security_group,))


def data_keys(here: Region) -> DataKeys:
    """Give the keys that stores encrypt with."""
    return DataKeys(data=here.keys["data"], logs=here.keys["logs"], secrets=here.keys["secrets"])


def stores(settings: Settings, wanted: Aws, network: Network, cluster: Cluster, here: Region) -> DataStores | None:
    """Make the stores that AWS runs, and the names by which services find them."""
    if not wanted.stores.names:
        return None
    args = DataStoresArgs.model_validate(
        {
            "place": here.place,
            "network": data_network(network, cluster),
            "keys": data_keys(here),
            "products": tuple(settings.products),
            "tags": here.tags,
            **_sizes(wanted.stores),
        }
    )
    made = DataStores("stores", args, here.opts)
    # Kafka answers with a list of brokers and ports, of which any one leads to the others.
    targets = {name: host.apply(lambda known: known.partition(":")[0]) for name, host in made.hosts.items()}
    names = PrivateNamesArgs(
        vpc=network.id,
        names={settings.stores[store].host: target for store, target in targets.items()},
        tags=here.tags,
    )
    PrivateNames("private-names", names, here.opts)
    return made


def _sizes(chosen: ManagedStores) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if chosen.postgresql is not None:
        found["postgresql"] = postgresql_size(chosen.postgresql)
    if chosen.redis is not None:
        found["redis"] = CacheSize.model_validate(chosen.redis.model_dump())
    if chosen.kafka is not None:
        kafka = chosen.kafka
        found["kafka"] = KafkaSize(version=kafka.version, instance_type=kafka.instance_type, storage_gib=kafka.storage)
    return found


def postgresql_size(chosen: Postgresql) -> PostgresqlSize:
    """Say how big the database is, in the component's words."""
    return PostgresqlSize(
        version=chosen.version,
        instance_class=chosen.instance_class,
        storage_gib=chosen.storage,
        most_storage_gib=chosen.most_storage,
        zones=chosen.zones,
    )


def database(made: DataStores | None) -> tuple[pulumi.Output[str], ...]:
    """Give the ARN of the database, for those who back it up, if AWS runs it."""
    return (made.arns["postgresql"],) if made is not None and "postgresql" in made.arns else ()
