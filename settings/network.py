"""The address plan of a VPC: one line a subnet."""

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from settings.addresses import Tier, misfits
from settings.amazon import AwsZone
from settings.errors import ContradictionError, Fault
from settings.surroundings import Part
from settings.vocabulary import Cidr, DnsLabel


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

    def strangers(self, region: str) -> list[Fault]:
        """Find subnets in zones of another region, as faults within this part."""
        return [
            Fault(("subnets", position, "zone"), f"'{subnet.zone}'", f"a zone of {region}")
            for position, subnet in enumerate(self.subnets)
            if not subnet.zone.startswith(region)
        ]
