"""Wire what products run on: who deploys, the network, the cluster, and who reads secrets in it."""

from collections.abc import Mapping

import pulumi

from components.aws.addons import AddonVersions
from components.aws.cluster import AccessArgs, Cluster, ClusterArgs
from components.aws.iam import Place
from components.aws.identity import Identity, IdentityArgs, StateBackend
from components.aws.network import Network, NetworkArgs, Subnet
from components.aws.nodes import NodesArgs
from components.aws.pod_identity import PodIdentity, PodIdentityArgs
from components.aws.secret_store import reading
from settings.cluster import Cluster as ClusterSettings
from settings.cluster import NodeGroup
from settings.foundation import Aws, Ci
from settings.models import Settings
from settings.network import Network as NetworkSettings
from stack.aws.region import Region

READER = ("external-secrets", "external-secrets")
"""Namespace and service account of External Secrets, as its chart calls them."""
READER_ROLE = "external-secrets"
DEPLOY_ROLE = "ci-deploy"
EDGE_REGION = "us-east-1"
"""Where everything that CloudFront uses lies."""


def identity(wanted: Aws, ci: Ci, place: Place, tags: dict[str, str], opts: pulumi.ResourceOptions) -> Identity:
    """Let the CI system's jobs in."""
    others = (wanted.dr.region,) if wanted.dr else ()
    args = IdentityArgs(
        place=place,
        regions=tuple(dict.fromkeys((wanted.region, *others, EDGE_REGION))),
        issuer=ci.issuer,
        preview=ci.preview,
        deploy=ci.deploy,
        state=StateBackend(bucket=ci.state.bucket, key=ci.state.key),
        tags=tags,
    )
    return Identity("identity", args, opts)


def network(name: str, plan: NetworkSettings, here: Region) -> Network:
    """Make the network of one region."""
    args = NetworkArgs(
        place=here.place,
        cidr=plan.cidr,
        subnets=tuple(Subnet(name=each.name, zone=each.zone, tier=each.tier, cidr=each.cidr) for each in plan.subnets),
        nat=plan.nat,
        logs_key=here.keys["logs"],
        tags=here.tags,
    )
    return Network(name, args, here.opts)


def cluster_args(
    cluster: ClusterSettings,
    nodes: Mapping[str, NodeGroup],
    deployer: pulumi.Output[str],
    around: Network,
    here: Region,
) -> ClusterArgs:
    """Say what the cluster of one region is; the second region's differs in its nodes alone."""
    others = tuple(
        AccessArgs(name=name, role=access.role, right=access.right, namespaces=access.namespaces or ())
        for name, access in cluster.access.items()
    )
    return ClusterArgs(
        place=here.place,
        version=cluster.version,
        subnets=around.private,
        public_access=cluster.public_access or (),
        access=(AccessArgs(name="deployer", role=deployer, right="cluster-admin"), *others),
        nodes=tuple(_nodes(name, group) for name, group in nodes.items()),
        addons=AddonVersions.model_validate(cluster.addons.model_dump()),
        secrets_key=here.keys["cluster"],
        disks_key=here.keys["disks"],
        logs_key=here.keys["logs"],
        after=around.routes,
        tags=here.tags,
    )


def _nodes(name: str, group: NodeGroup) -> NodesArgs:
    return NodesArgs(name=name, **group.model_dump())


def reader(settings: Settings, cluster: Cluster, here: Region) -> PodIdentity:
    """Let External Secrets read this environment's values, and nothing else."""
    namespace, account = READER
    args = PodIdentityArgs(
        place=here.place,
        cluster=cluster.name,
        namespace=namespace,
        service_account=account,
        role=READER_ROLE,
        statements=reading(here.place, settings.environment),
        tags=here.tags,
    )
    return PodIdentity("external-secrets", args, here.opts)
