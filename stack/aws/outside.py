"""Wire what faces the internet, and what stands ready in the second region."""

from collections.abc import Mapping

import pulumi

from components.aws.bucket import bucket_name
from components.aws.buckets import ACCESS_LOGS, Buckets
from components.aws.data_stores.stores import DATABASE, DataStores
from components.aws.edge.edge import Edge, EdgeArgs, EdgeProduct, Site
from components.aws.iam import Place
from components.aws.keys import PURPOSES, Keys, KeysArgs
from components.aws.network import Network
from components.aws.standby import DatabaseReplica, Standby, StandbyArgs
from settings.cluster import Cluster as ClusterSettings
from settings.foundation import Aws
from settings.foundation import Standby as StandbySettings
from settings.models import Settings
from stack.aws.platform import EDGE_REGION, cluster_args
from stack.aws.region import Region, awaiting
from stack.aws.storage import data_keys, postgresql_size

LOGGED = ("aws:lb/loadBalancer:LoadBalancer", "aws:cloudwatch/logDelivery:LogDelivery")
"""What AWS makes only where the bucket for its access logs takes them already."""


def edge(settings: Settings, wanted: Aws, kept: Buckets, sites: Mapping[str, tuple[Region, Network]]) -> Edge:
    """Lead users to each product; ``sites`` holds the prefix list of each region with its network, the first first."""
    limits = wanted.edge.products
    first, *second = (_site(prefix_list, here, around) for prefix_list, (here, around) in sites.items())
    (here, _), *_rest = sites.values()
    args = EdgeArgs(
        name=wanted.name,
        account=wanted.account,
        zone=wanted.edge.zone,
        products=tuple(
            EdgeProduct(
                name=name,
                domain=product.domain,
                requests=limits[name].requests,
                allow=limits[name].allow or (),
                maintenance=(settings.maintenance or {}).get(name),
            )
            for name, product in settings.products.items()
        ),
        primary=first,
        standby=second[0] if second else None,
        port=wanted.edge.port,
        health=wanted.edge.health,
        log_key=_log_key(here),
        log_bucket_arn=kept.arns[ACCESS_LOGS],
        tags=here.tags,
    )
    logged = pulumi.ResourceOptions(transformations=[awaiting(LOGGED, kept.takes_logs)])
    return Edge("edge", args, pulumi.ResourceOptions.merge(here.opts, logged))


def _site(prefix_list: str, here: Region, around: Network) -> Site:
    return Site(
        region=here.place.region,
        vpc_id=around.id,
        vpc_cidr=around.cidr,
        subnets=around.public,
        origin_prefix_list=prefix_list,
        log_bucket=bucket_name(here.place, ACCESS_LOGS),
        log_key=here.keys["logs"],
    )


def _log_key(here: Region) -> pulumi.Output[str]:
    """Give the key for CloudFront's logs, which lie in one region whatever the environment's is."""
    if here.place.region == EDGE_REGION:
        return here.keys["logs"]
    place = Place(account=here.place.account, region=EDGE_REGION, name=f"{here.place.name}-edge")
    logs = tuple(purpose for purpose in PURPOSES if purpose.name == "logs")
    opts = pulumi.ResourceOptions(providers=[here.providers.of("aws-edge", place)])
    return Keys("keys-edge", KeysArgs(place=place, purposes=logs, tags=here.tags), opts).arns["logs"]


def standby(
    wanted: Aws,
    ready: StandbySettings,
    cluster: ClusterSettings,
    made: DataStores | None,
    deployer: pulumi.Output[str],
    second: tuple[Region, Network],
) -> Standby:
    """Keep a cluster, and a database that follows the first region's, ready in the second."""
    there, around = second
    args = StandbyArgs(
        primary=wanted.region,
        place=there.place,
        cluster=cluster_args(cluster, ready.nodes, deployer, around, there),
        database=_replica(wanted, ready, made, there, around),
        tags=there.tags,
    )
    return Standby("standby", args, there.opts)


def _replica(
    wanted: Aws, ready: StandbySettings, made: DataStores | None, there: Region, around: Network
) -> DatabaseReplica | None:
    if made is None or made.postgresql is None or wanted.stores.postgresql is None:
        return None
    size = postgresql_size(wanted.stores.postgresql).model_copy(update={"instance_class": ready.database_class})
    return DatabaseReplica(
        source=made.postgresql.arn,
        size=size,
        database=DATABASE,
        vpc_id=around.id,
        subnets=around.data,
        keys=data_keys(there),
    )
