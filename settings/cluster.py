"""The EKS cluster of an environment: versions, who may use it, and what its nodes are."""

from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from settings.amazon import AddonVersion, DiskSize
from settings.errors import ContradictionError, Fault
from settings.surroundings import Part
from settings.vocabulary import Cidr, Count, DnsLabel, IamRoleArn, InstanceType, KubernetesVersion


class Access(Part):
    """One role that may use the cluster, beside the one that deploys."""

    role: IamRoleArn
    """The role, which people or programs take on."""
    right: Literal["cluster-admin", "admin", "edit", "view"]
    """What it may do, in the words of Kubernetes."""
    namespaces: Annotated[tuple[DnsLabel, ...], Field(min_length=1)] | None = None
    """Where; everywhere, when absent."""


class NodeGroup(Part):
    """One group of equal nodes."""

    capacity: Literal["on-demand", "spot"]
    """How they are paid for: spot nodes cost a third, and leave with two minutes' notice."""
    architecture: Literal["x86_64", "arm64"] = "x86_64"
    """The processor that images have to be built for."""
    instance_types: Annotated[tuple[InstanceType, ...], Field(min_length=1, examples=["[m7i.xlarge]"])]
    """The EC2 instance types that may serve, the preferred one first."""
    min: Count
    """The fewest nodes."""
    desired: Count
    """The nodes to start with; the autoscaler moves it afterwards."""
    max: Count
    """The most nodes."""
    disk: DiskSize
    """The disk for images and logs of each node, in GiB."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.min <= self.desired <= self.max:
            found = f"{self.desired}, with min {self.min} and max {self.max}"
            expected = "min <= desired <= max, for example min: 3, desired: 3, max: 12"
            raise ContradictionError(Fault(("desired",), found, expected))
        return self


class Addons(Part):
    """The version of each add-on, as ``aws eks describe-addon-versions`` lists them for the cluster's version.

    Nothing here can check that AWS has a version: no preview asks it. Those of the stack files that ship were written
    without an account, so ask AWS before the first deployment: EKS refuses a version that it doesn't have.
    """

    vpc_cni: AddonVersion
    """Gives pods addresses and enforces network policies."""
    kube_proxy: AddonVersion
    """Routes Services."""
    coredns: AddonVersion
    """Resolves names."""
    ebs_csi_driver: AddonVersion
    """Makes volumes."""
    pod_identity_agent: AddonVersion
    """Hands pods the credentials of their roles."""


class Cluster(Part):
    """The EKS cluster of this environment."""

    version: KubernetesVersion
    """The Kubernetes version of the control plane."""
    public_access: Annotated[tuple[Cidr, ...], Field(min_length=1)] | None = None
    """Networks that may reach the API over the internet; absent, there is no public endpoint."""
    access: dict[DnsLabel, Access] = Field(default_factory=dict)
    """Who else may use it, by a name of our own."""
    addons: Annotated[Addons, Field(examples=["{vpcCni: v1.20.4-eksbuild.2, ...}"])]
    """The add-ons' versions."""
    nodes: Annotated[
        dict[DnsLabel, NodeGroup],
        Field(min_length=1, examples=["{general: {capacity: on-demand, instanceTypes: [m7i.xlarge], ...}}"]),
    ]
    """The node groups, by name."""

    @field_validator("public_access")
    @classmethod
    def _known(cls, networks: tuple[str, ...] | None) -> tuple[str, ...] | None:
        for position, network in enumerate(networks or ()):
            if network.endswith("/0"):
                expected = "networks that you know, for example 203.0.113.0/24"
                raise ContradictionError(Fault((position,), f"'{network}', the whole world", expected))
        return networks
