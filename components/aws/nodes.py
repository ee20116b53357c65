"""Node groups: Bottlerocket machines that run containers and little else, on encrypted disks, in every zone."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, Self, TypeAlias

import pulumi
import pulumi_aws as aws
from pydantic import Field, model_validator

from components.args import Args, Wire
from components.aws.iam import Place, managed, trust
from settings.vocabulary import DnsLabel, InstanceType, KubernetesVersion

Capacity: TypeAlias = Literal["on-demand", "spot"]
Architecture: TypeAlias = Literal["x86_64", "arm64"]

CAPACITY: Mapping[Capacity, str] = {"on-demand": "ON_DEMAND", "spot": "SPOT"}
IMAGES: Mapping[Architecture, str] = {"x86_64": "BOTTLEROCKET_x86_64", "arm64": "BOTTLEROCKET_ARM_64"}
"""The node images: a read-only root, no shell, updates of the whole image at once."""
POLICIES = ("AmazonEKSWorkerNodeMinimalPolicy", "AmazonEC2ContainerRegistryPullOnly")
"""What a node needs of its own: to join, to hand out pod identities, and to pull images. The rest pods ask for."""

ROOT, ROOT_GIBIBYTES, DATA = "/dev/xvda", 4, "/dev/xvdb"
"""Bottlerocket keeps its system on the first disk, and images, logs and empty directories on the second."""
UNAVAILABLE = 33
"""How many percent of a group's nodes an update may take away at once."""
SPOT_TAINT: aws.eks.NodeGroupTaintArgsDict = {
    "key": "golive/spot",
    "value": "true",
    "effect": "PREFER_NO_SCHEDULE",
}
"""Keeps pods that have a choice on nodes that stay."""


class NodesArgs(Args):
    """One node group."""

    name: DnsLabel
    capacity: Capacity
    """``spot`` nodes cost a third and go with two minutes' notice."""
    architecture: Architecture = "x86_64"
    instance_types: Annotated[tuple[InstanceType, ...], Field(min_length=1)]
    min: Annotated[int, Field(ge=1)]
    desired: Annotated[int, Field(ge=1)]
    max: Annotated[int, Field(ge=1)]
    disk: Annotated[int, Field(ge=20, le=16384)]
    """The size of the data disk in GiB."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.min <= self.desired <= self.max:
            found = f"min {self.min}, desired {self.desired}, max {self.max}"
            raise ValueError(f"expected min <= desired <= max, for example 3, 3, 12; found {found}")
        return self


class NodeRole:
    """The role that every node acts in, with what it has to wait for."""

    def __init__(self, name: str, place: Place, tags: Mapping[str, str], parent: pulumi.Resource) -> None:
        opts = pulumi.ResourceOptions(parent=parent)
        self.role = aws.iam.Role(
            f"{name}-node-role",
            name=f"{place.name}-nodes",
            description=f"Nodes of {place.name}",
            assume_role_policy=trust("ec2.amazonaws.com"),
            tags=tags,
            opts=opts,
        )
        self.granted = [
            aws.iam.RolePolicyAttachment(
                f"{name}-node-{policy}", role=self.role.name, policy_arn=managed(policy), opts=opts
            )
            for policy in POLICIES
        ]


class Machines(Args):
    """What all groups of a cluster share."""

    cluster: Wire[str]
    version: KubernetesVersion
    place: Place
    subnets: tuple[Wire[str], ...]
    disks_key: Wire[str]
    tags: Mapping[str, str]


def node_group(
    name: str,
    group: NodesArgs,
    shared: Machines,
    role: NodeRole,
    after: Sequence[pulumi.Resource],
    parent: pulumi.Resource,
) -> aws.eks.NodeGroup:
    """Make one group and its launch template, in every subnet that the machines share."""
    template = _template(name, group, shared, parent)
    return aws.eks.NodeGroup(
        f"{name}-{group.name}",
        cluster_name=shared.cluster,
        node_group_name=f"{shared.place.name}-{group.name}",
        node_role_arn=role.role.arn,
        subnet_ids=list(shared.subnets),
        version=shared.version,
        ami_type=IMAGES[group.architecture],
        capacity_type=CAPACITY[group.capacity],
        instance_types=list(group.instance_types),
        launch_template={"id": template.id, "version": template.latest_version.apply(str)},
        scaling_config={"min_size": group.min, "desired_size": group.desired, "max_size": group.max},
        update_config={"max_unavailable_percentage": UNAVAILABLE},
        node_repair_config={"enabled": True},
        labels={"golive/node-group": group.name, "golive/capacity": group.capacity},
        taints=[SPOT_TAINT] if group.capacity == "spot" else None,
        tags=shared.tags,
        # The autoscaler moves the number of nodes; the program only says where it starts.
        opts=pulumi.ResourceOptions(
            parent=parent, depends_on=[*role.granted, *after], ignore_changes=["scalingConfig.desiredSize"]
        ),
    )


def _template(name: str, group: NodesArgs, shared: Machines, parent: pulumi.Resource) -> aws.ec2.LaunchTemplate:
    """Encrypt both disks, and keep the machine's credentials from its pods: an answer of one hop ends at the node."""
    tags = {**shared.tags, "Name": f"{shared.place.name}-{group.name}"}
    return aws.ec2.LaunchTemplate(
        f"{name}-{group.name}-template",
        name=f"{shared.place.name}-{group.name}",
        description=f"Nodes of the group {group.name}",
        metadata_options={
            "http_endpoint": "enabled",
            "http_tokens": "required",
            "http_put_response_hop_limit": 1,
            "instance_metadata_tags": "disabled",
        },
        block_device_mappings=[
            _disk(ROOT, ROOT_GIBIBYTES, shared),
            _disk(DATA, group.disk, shared),
        ],
        monitoring={"enabled": True},
        update_default_version=True,
        tag_specifications=[{"resource_type": kind, "tags": tags} for kind in ("instance", "volume")],
        tags=tags,
        opts=pulumi.ResourceOptions(parent=parent),
    )


def _disk(device: str, gibibytes: int, shared: Machines) -> aws.ec2.LaunchTemplateBlockDeviceMappingArgsDict:
    return {
        "device_name": device,
        "ebs": {
            "encrypted": "true",
            "kms_key_id": shared.disks_key,
            "volume_type": "gp3",
            "volume_size": gibibytes,
            "delete_on_termination": "true",
        },
    }
