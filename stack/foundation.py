"""Wire what an environment has on AWS: keys, network, buckets, registry, cluster and secrets, and their copies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.args import Awaited
from components.aws.addons import AddonVersions
from components.aws.buckets import Buckets, BucketsArgs, Copies, Wanted
from components.aws.cluster import AccessArgs, Cluster, ClusterArgs
from components.aws.iam import Place
from components.aws.keys import REPLICATED, Keys, KeysArgs
from components.aws.network import Network, NetworkArgs, Subnet
from components.aws.nodes import NodesArgs
from components.aws.pod_identity import PodIdentity, PodIdentityArgs
from components.aws.registry import Registry, RegistryArgs
from components.aws.secret_store import Copy, SecretArgs, SecretStore, SecretStoreArgs, reading
from components.platform.external_secrets import remote_key
from settings.foundation import Aws
from settings.foundation import Cluster as ClusterSettings
from settings.models import Settings
from stack.join import Workload

MANAGER = "golive"
PLATFORM = "platform"
"""The product that everything belongs to which no single product owns."""
READER = ("external-secrets", "external-secrets")
"""Namespace and service account of External Secrets, as its chart calls them."""
READER_ROLE = "external-secrets"


@dataclass(frozen=True, kw_only=True)
class Foundation:
    """What the rest of the stack needs to know of AWS."""

    kubeconfig: pulumi.Output[str]
    secrets: Awaited
    """What External Secrets waits for."""
    outputs: Mapping[str, pulumi.Input[object]]


@dataclass(frozen=True, kw_only=True)
class _Region:
    """One region: its provider, and its keys by purpose."""

    place: Place
    provider: aws.Provider
    keys: Mapping[str, pulumi.Output[str]]

    @property
    def opts(self) -> pulumi.ResourceOptions:
        """Options of whatever lies there."""
        return pulumi.ResourceOptions(providers=[self.provider])


def found(settings: Settings, wanted: Aws, cluster: ClusterSettings, workloads: Sequence[Workload]) -> Foundation:
    """Make everything that lies in AWS; a preview of it needs no AWS credentials of its own."""
    tags = tags_of(settings, wanted)
    here = _region("aws", Place(account=wanted.account, region=wanted.region, name=wanted.name), tags)
    there = None
    if wanted.dr is not None:
        place = Place(account=wanted.account, region=wanted.dr.region, name=wanted.name)
        there = _region("aws-dr", place, tags, second=True)
    network = _network(wanted, here, tags)
    _registry(workloads, here, there, tags)
    _buckets(wanted, here, there, tags)
    machine = _cluster(wanted, cluster, here, network, tags)
    reader = _reader(settings, machine, here, tags)
    secrets = _secrets(settings, wanted, workloads, here, there, tags)
    return Foundation(
        kubeconfig=machine.kubeconfig,
        secrets=(*secrets.ready, *reader.granted),
        outputs={"cluster": machine.name, "network": network.id},
    )


def tags_of(settings: Settings, wanted: Aws) -> dict[str, str]:
    """Say on every resource whose it is, what it is for, how secret its data is and who pays."""
    return {
        "product": PLATFORM,
        "owner": settings.owner,
        "environment": settings.environment,
        "data-class": wanted.data_class,
        "cost-centre": wanted.cost_centre,
        "managed-by": MANAGER,
    }


def _region(name: str, place: Place, tags: Mapping[str, str], *, second: bool = False) -> _Region:
    provider = aws.Provider(
        name,
        region=place.region,
        allowed_account_ids=[place.account],
        default_tags={"tags": tags},
        skip_credentials_validation=True,
    )
    args = KeysArgs(place=place, tags=tags, **({"purposes": REPLICATED} if second else {}))
    keys = Keys("keys-dr" if second else "keys", args, pulumi.ResourceOptions(providers=[provider]))
    return _Region(place=place, provider=provider, keys=keys.arns)


def _network(wanted: Aws, here: _Region, tags: Mapping[str, str]) -> Network:
    plan = wanted.network
    args = NetworkArgs(
        place=here.place,
        cidr=plan.cidr,
        subnets=tuple(Subnet(name=each.name, zone=each.zone, tier=each.tier, cidr=each.cidr) for each in plan.subnets),
        nat=plan.nat,
        logs_key=here.keys["logs"],
        tags=tags,
    )
    return Network("network", args, here.opts)


def _registry(workloads: Sequence[Workload], here: _Region, there: _Region | None, tags: Mapping[str, str]) -> None:
    args = RegistryArgs(
        place=here.place,
        repositories=tuple(dict.fromkeys(workload.repository for workload in workloads)),
        key=here.keys["images"],
        copies=(there.place.region,) if there else (),
        tags=tags,
    )
    Registry("registry", args, here.opts)


def _buckets(wanted: Aws, here: _Region, there: _Region | None, tags: Mapping[str, str]) -> Buckets:
    args = BucketsArgs(
        place=here.place,
        buckets=(
            Wanted(purpose="audit", key="audit", lock_days=wanted.audit_days),
            Wanted(purpose="objects", key="objects"),
            Wanted(purpose="backups", key="objects", expire_days=BACKUP_DAYS),
        ),
        keys=here.keys,
        copies=Copies(place=there.place, provider=there.provider, keys=there.keys) if there else None,
        tags=tags,
    )
    return Buckets("buckets", args, here.opts)


BACKUP_DAYS = 30
"""How long the backups that stores write themselves are kept (go-live-readiness:115 and go-live-readiness:116)."""


def _cluster(
    wanted: Aws, cluster: ClusterSettings, here: _Region, network: Network, tags: Mapping[str, str]
) -> Cluster:
    others = tuple(
        AccessArgs(name=name, role=access.role, right=access.right, namespaces=access.namespaces or ())
        for name, access in cluster.access.items()
    )
    args = ClusterArgs(
        place=here.place,
        version=cluster.version,
        subnets=network.private,
        public_access=cluster.public_access or (),
        access=(AccessArgs(name="deployer", role=wanted.deployer, right="cluster-admin"), *others),
        nodes=tuple(
            NodesArgs(
                name=name,
                capacity=group.capacity,
                architecture=group.architecture,
                instance_types=group.instance_types,
                min=group.min,
                desired=group.desired,
                max=group.max,
                disk=group.disk,
            )
            for name, group in cluster.nodes.items()
        ),
        addons=AddonVersions.model_validate(cluster.addons.model_dump()),
        secrets_key=here.keys["cluster"],
        disks_key=here.keys["disks"],
        logs_key=here.keys["logs"],
        after=network.routes,
        tags=tags,
    )
    return Cluster("cluster", args, here.opts)


def _reader(settings: Settings, cluster: Cluster, here: _Region, tags: Mapping[str, str]) -> PodIdentity:
    """Let External Secrets read this environment's values, and nothing else."""
    namespace, account = READER
    args = PodIdentityArgs(
        place=here.place,
        cluster=cluster.name,
        namespace=namespace,
        service_account=account,
        role=READER_ROLE,
        statements=reading(here.place, settings.environment),
        tags=tags,
    )
    return PodIdentity("external-secrets", args, here.opts)


def _secrets(
    settings: Settings,
    wanted: Aws,
    workloads: Sequence[Workload],
    here: _Region,
    there: _Region | None,
    tags: Mapping[str, str],
) -> SecretStore:
    args = SecretStoreArgs(
        place=here.place,
        prefix=settings.environment,
        secrets=secrets_of(settings.environment, workloads),
        readers=(here.place.role(READER_ROLE), wanted.deployer),
        rotation_days=wanted.rotation_days,
        key=here.keys["secrets"],
        logs_key=here.keys["logs"],
        copies=(Copy(region=there.place.region, key=there.keys["secrets"]),) if there else (),
        tags=tags,
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
