"""Make everything that an environment has on AWS, in the order in which each part needs the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from components.args import Awaited
from components.aws.cluster import Cluster
from components.aws.data_stores.stores import DataStores
from components.aws.iam import Place
from components.aws.identity import Identity
from components.aws.keys import PURPOSES, REPLICATED
from components.aws.network import Network
from settings.cluster import Cluster as ClusterSettings
from settings.foundation import Aws
from settings.models import Settings
from stack.aws import audit_and_backup as watch
from stack.aws import outside, platform, storage
from stack.aws.region import Providers, Region, bounded, region, tags_of
from stack.resolve import Workload


@dataclass(frozen=True, kw_only=True)
class Foundation:
    """What the rest of the stack needs to know of AWS."""

    kubeconfig: pulumi.Output[str]
    secrets: Awaited
    """What External Secrets waits for."""
    outputs: Mapping[str, pulumi.Input[object]]
    """What the stack says of it: ``cluster``, ``network``, ``nameServers``, ``gatewayTargets``, ``deployRole``."""


def found(
    settings: Settings,
    wanted: Aws,
    cluster: ClusterSettings,
    workloads: Sequence[Workload],
    *,
    credentials: bool,
) -> Foundation:
    """Make everything that lies in AWS."""
    identity, here, there = _regions(wanted, Providers(tags=tags_of(settings, wanted), credentials=credentials))
    around = platform.network("network", wanted.network, here)
    storage.registry(workloads, here, there)
    kept = storage.buckets(wanted, here, there)
    watch.watch(wanted, kept, here)
    machine = Cluster(
        "cluster", platform.cluster_args(cluster, cluster.nodes, identity.deploy_role_arn, around, here), here.opts
    )
    made = storage.stores(settings, wanted, around, machine, here)
    watch.back_up(wanted, kept, storage.database(made), here, there)
    second = _second(wanted, cluster, made, identity, there)
    sites = {wanted.edge.origin_prefix_list: (here, around), **second}
    edge = outside.edge(settings, wanted, kept, sites)
    reader = platform.reader(settings, machine, here)
    readers = (here.place.role(platform.READER_ROLE), here.place.role(platform.DEPLOY_ROLE), *wanted.keepers)
    secrets = storage.secrets(settings, wanted, workloads, readers, here, there)
    return Foundation(
        kubeconfig=machine.kubeconfig,
        secrets=(*secrets.ready, *reader.granted),
        outputs={
            "cluster": machine.name,
            "network": around.id,
            "nameServers": edge.name_servers,
            "gatewayTargets": dict(edge.target_groups),
            "deployRole": identity.deploy_role_arn,
        },
    )


def _regions(wanted: Aws, providers: Providers) -> tuple[Identity, Region, Region | None]:
    """Make who deploys and the bounds of all roles, then the keys of the one or two regions."""
    place = Place(account=wanted.account, region=wanted.region, name=wanted.name)
    first = providers.of("aws", place)
    identity = platform.identity(wanted, wanted.ci, place, providers.tags, pulumi.ResourceOptions(providers=[first]))
    bounds = bounded(place.boundary, identity.bound)
    here = region("", place, first, PURPOSES, providers, bounds)
    if wanted.dr is None:
        return identity, here, None
    # Roles and buckets of both regions share one space of names, so the second region's bear another.
    beyond = Place(account=wanted.account, region=wanted.dr.region, name=f"{wanted.name}-dr")
    purposes = PURPOSES if wanted.dr.standby else REPLICATED
    return identity, here, region("-dr", beyond, providers.of("aws-dr", beyond), purposes, providers, bounds)


def _second(
    wanted: Aws, cluster: ClusterSettings, made: DataStores | None, identity: Identity, there: Region | None
) -> dict[str, tuple[Region, Network]]:
    """Make what stands ready in the second region, and say where its edge leads."""
    ready = wanted.dr.standby if wanted.dr else None
    if ready is None or there is None:
        return {}
    around = platform.network("network-dr", ready.network, there)
    outside.standby(wanted, ready, cluster, made, identity.deploy_role_arn, (there, around))
    return {ready.origin_prefix_list: (there, around)}
