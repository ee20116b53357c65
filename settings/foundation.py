"""What an environment has on AWS: the account and region, the address plan, the second region, and the cluster."""

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from settings.addresses import Tier, misfits
from settings.errors import ContradictionError, Fault
from settings.surroundings import Part
from settings.vocabulary import (
    AddonVersion,
    AwsAccount,
    AwsRegion,
    AwsZone,
    Cidr,
    Count,
    DiskSize,
    DnsLabel,
    IamRoleArn,
    InstanceType,
    KubernetesVersion,
    LockDays,
    RotationDays,
)


class Subnet(Part):
    """One line of the address plan."""

    name: DnsLabel
    """What it is called."""
    zone: AwsZone
    """The availability zone it lies in."""
    tier: Tier
    """Who may live in it: load balancers, nodes, or data stores."""
    cidr: Cidr
    """Its addresses."""


class Network(Part):
    """The VPC."""

    cidr: Cidr
    """All its addresses."""
    nat: Literal["each-zone", "single"]
    """How nodes get out: a NAT gateway in each zone, or one for all, which is cheaper and fails with its zone."""
    subnets: Annotated[
        tuple[Subnet, ...],
        Field(min_length=1, examples=["[{name: public-a, zone: us-east-1a, tier: public, cidr: 10.20.0.0/24}]"]),
    ]
    """The address plan, one line a subnet: each tier in each of the same three zones."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        faults = [
            Fault(("subnets", *each.place), each.found, each.expected) for each in misfits(self.cidr, self.subnets)
        ]
        if faults:
            raise ContradictionError(*faults)
        return self

    def within(self, tier: Tier) -> Sequence[str]:
        """The addresses of one tier."""
        return [subnet.cidr for subnet in self.subnets if subnet.tier == tier]


class SecondRegion(Part):
    """Where the copies lie that outlive the loss of a region."""

    region: AwsRegion
    """Another region than the first."""


class Aws(Part):
    """The AWS account and region of this environment, and what is common to everything in it."""

    name: DnsLabel
    """The first part of every name, and the name of the cluster."""
    account: AwsAccount
    """The account; the program refuses to deploy to any other."""
    region: AwsRegion
    """The region."""
    cost_centre: DnsLabel
    """Who pays; every resource bears it as a tag."""
    data_class: Literal["internal", "confidential", "restricted"]
    """How secret the data is; every resource bears it as a tag."""
    deployer: IamRoleArn
    """The role that deploys: it may use the cluster, and it may read back the secrets that it writes."""
    network: Annotated[Network, Field(examples=["{cidr: 10.20.0.0/16, nat: each-zone, subnets: [...]}"])]
    """The VPC."""
    audit_days: LockDays
    """How long nobody can delete an entry of the audit trail (go-live-readiness:95)."""
    rotation_days: RotationDays
    """How often secrets change (go-live-readiness:96)."""
    dr: Annotated[SecondRegion | None, Field(examples=["{region: us-west-2}"])] = None
    """The second region; without this line there are no copies."""

    @field_validator("dr")
    @classmethod
    def _elsewhere(cls, dr: SecondRegion | None, info: ValidationInfo) -> SecondRegion | None:
        if dr is not None and dr.region == info.data.get("region"):
            found = f"'{dr.region}', which is the first region too"
            raise ContradictionError(Fault(("region",), found, "another region, for example region: us-west-2"))
        return dr

    @model_validator(mode="after")
    def _of_this_region(self) -> Self:
        faults = [
            Fault(("network", "subnets", position, "zone"), f"'{subnet.zone}'", f"a zone of {self.region}")
            for position, subnet in enumerate(self.network.subnets)
            if not subnet.zone.startswith(self.region)
        ]
        if f":{self.account}:" not in self.deployer:
            faults.append(Fault(("deployer",), f"'{self.deployer}'", f"a role of the account {self.account}"))
        if faults:
            raise ContradictionError(*faults)
        return self


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
    """The version of each add-on, as ``aws eks describe-addon-versions`` lists them for the cluster's version."""

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
