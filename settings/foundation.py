"""What an environment has on AWS: the account and region, who deploys, the network, the edge, the second region."""

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from settings.addresses import overlap
from settings.amazon import (
    AwsAccount,
    BucketName,
    DatabaseClass,
    JobName,
    KmsKeyArn,
    LockDays,
    PrefixListId,
    RotationDays,
)
from settings.cluster import NodeGroup
from settings.data import ManagedStores
from settings.edge import Edge
from settings.errors import ContradictionError, Fault
from settings.network import Network
from settings.surroundings import Part
from settings.vocabulary import AwsRegion, DnsLabel, DomainName, IamRoleArn


class State(Part):
    """Where Pulumi keeps the state; it was there before everything else."""

    bucket: BucketName
    """The bucket."""
    key: KmsKeyArn
    """The key that encrypts it, and the secrets in the state."""


class Ci(Part):
    """The CI system: which of its jobs may preview, and which may deploy."""

    issuer: DomainName
    """The host that signs its tokens."""
    preview: Annotated[tuple[JobName, ...], Field(min_length=1, examples=["['repo:254carbon/platform:pull_request']"])]
    """Jobs that may read how everything is set."""
    deploy: Annotated[
        tuple[JobName, ...], Field(min_length=1, examples=["['repo:254carbon/platform:environment:prod']"])
    ]
    """Jobs that may change it: those that a person has approved."""
    state: Annotated[State, Field(examples=["{bucket: golive-state, key: 'arn:aws:kms:...'}"])]
    """The state that both read and the second writes."""

    @model_validator(mode="after")
    def _apart(self) -> Self:
        faults = [
            Fault(("deploy", position), f"'{job}', which may preview too", "jobs that a person has approved")
            for position, job in enumerate(self.deploy)
            if job in self.preview
        ]
        if faults:
            raise ContradictionError(*faults)
        return self


class Standby(Part):
    """What stands ready in the second region."""

    network: Annotated[Network, Field(examples=["{cidr: 10.21.0.0/16, nat: each-zone, subnets: [...]}"])]
    """Its VPC."""
    origin_prefix_list: PrefixListId
    """That region's list of CloudFront's networks."""
    nodes: Annotated[
        dict[DnsLabel, NodeGroup],
        Field(min_length=1, examples=["{general: {capacity: on-demand, instanceTypes: [m7i.xlarge], ...}}"]),
    ]
    """Its node groups, as large as it takes to be there in time."""
    database_class: DatabaseClass
    """The machine of the database that follows the first region's."""

    def strangers(self, region: str, first: Network | None) -> Iterator[Fault]:
        """Find zones that are not of its ``region``, and addresses that the ``first`` region's network has too."""
        for fault in self.network.strangers(region):
            yield Fault(("network", *fault.path), fault.found, fault.expected)
        if first is not None and overlap(self.network.cidr, first.cidr):
            found = f"'{self.network.cidr}', which overlaps {first.cidr} of the first region"
            yield Fault(("network", "cidr"), found, "addresses that the first region doesn't have")


class SecondRegion(Part):
    """Where the copies lie that outlive the loss of a region."""

    region: AwsRegion
    """Another region than the first."""
    standby: Annotated[Standby, Field(examples=["{network: {...}, nodes: {...}, ...}"])] | None = None
    """A cluster and a database that wait there; absent, there are only copies."""


class Aws(Part):
    """The AWS account and region of this environment, and what lies there beside the cluster."""

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
    ci: Annotated[Ci, Field(examples=["{issuer: token.actions.githubusercontent.com, preview: [...], ...}"])]
    """Who deploys."""
    network: Annotated[Network, Field(examples=["{cidr: 10.20.0.0/16, nat: each-zone, subnets: [...]}"])]
    """The VPC."""
    edge: Annotated[Edge, Field(examples=["{zone: 254carbon.ai, originPrefixList: pl-3b927c52, ...}"])]
    """What the internet sees."""
    stores: ManagedStores = ManagedStores()
    """The stores that AWS runs."""
    audit_days: LockDays
    """How long nobody can delete an entry of the audit trail (go-live-readiness:95)."""
    keepers: Annotated[tuple[IamRoleArn, ...], Field(min_length=1)]
    """Roles of the people who put in the secrets that others issue; they may read every secret of the environment."""
    rotation_days: RotationDays
    """How often secrets change (go-live-readiness:96)."""
    backup_lock: Literal["compliance", "governance"]
    """Whether nobody at all, or only administrators, can delete a backup before its time."""
    dr: Annotated[SecondRegion | None, Field(examples=["{region: us-west-2}"])] = None
    """The second region; without this line there are no copies."""

    @field_validator("dr")
    @classmethod
    def _elsewhere(cls, dr: SecondRegion | None, info: ValidationInfo) -> SecondRegion | None:
        if dr is not None and dr.region == info.data.get("region"):
            found = f"'{dr.region}', which is the first region too"
            raise ContradictionError(Fault(("region",), found, "another region, for example region: us-west-2"))
        faults = list(dr.standby.strangers(dr.region, info.data.get("network"))) if dr and dr.standby else []
        if faults:
            raise ContradictionError(
                *(Fault(("standby", *fault.path), fault.found, fault.expected) for fault in faults)
            )
        return dr

    @model_validator(mode="after")
    def _of_this_region(self) -> Self:
        faults = [
            Fault(("network", *fault.path), fault.found, fault.expected)
            for fault in self.network.strangers(self.region)
        ]
        if self.dr and self.dr.standby and not self.stores.postgresql:
            expected = "a database that AWS runs in the first region, under stores"
            faults.append(Fault(("dr", "standby", "databaseClass"), "a database to follow none", expected))
        if faults:
            raise ContradictionError(*faults)
        return self
