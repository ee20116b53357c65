"""What an address plan has to obey: every tier in the same three zones, nothing outside the network, nothing twice."""

import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias, get_args

Tier: TypeAlias = Literal["public", "private", "data"]
"""``public`` faces the internet through load balancers, ``private`` holds nodes, ``data`` reaches nothing outside."""

ZONES = 3
"""How many availability zones each tier covers."""


class Subnet(Protocol):
    """One line of a plan, whoever wrote it."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def zone(self) -> str:
        """Its availability zone."""

    @property
    def tier(self) -> Tier:
        """Who may live in it."""

    @property
    def cidr(self) -> str:
        """Its addresses."""


@dataclass(frozen=True)
class Misfit:
    """One line that does not fit, or a whole tier."""

    place: tuple[str | int, ...]
    """Position and field of the line; empty for a tier."""
    found: str
    expected: str


def misfits(whole: str, subnets: Sequence[Subnet]) -> list[Misfit]:
    """Find everything that is wrong with a plan for the network ``whole``."""
    return [*_places(whole, subnets), *_tiers(subnets)]


def inside(cidr: str, whole: str) -> bool:
    """Whether every address of ``cidr`` lies in ``whole``."""
    inner, outer = ipaddress.ip_network(cidr), ipaddress.ip_network(whole)
    if isinstance(inner, ipaddress.IPv4Network) and isinstance(outer, ipaddress.IPv4Network):
        return inner.subnet_of(outer)
    return False


def overlap(one: str, other: str) -> bool:
    """Whether two networks share an address."""
    return ipaddress.ip_network(one).overlaps(ipaddress.ip_network(other))


def _places(whole: str, subnets: Sequence[Subnet]) -> Iterator[Misfit]:
    for position, subnet in enumerate(subnets):
        if not inside(subnet.cidr, whole):
            yield Misfit((position, "cidr"), f"'{subnet.cidr}', which is not within {whole}", "a part of the network")
        for other in subnets[:position]:
            if other.name == subnet.name:
                yield Misfit((position, "name"), f"'{subnet.name}' a second time", "each name once")
            if overlap(subnet.cidr, other.cidr):
                found = f"'{subnet.cidr}', which overlaps {other.cidr} of {other.name}"
                yield Misfit((position, "cidr"), found, "addresses that no other subnet has")


def _tiers(subnets: Sequence[Subnet]) -> Iterator[Misfit]:
    zones = {tier: sorted(each.zone for each in subnets if each.tier == tier) for tier in get_args(Tier)}
    for tier, found in zones.items():
        if len(found) != ZONES or len(set(found)) != ZONES or found != zones["private"]:
            said = f"{tier} subnets in {', '.join(found) or 'no zone'}"
            yield Misfit((), said, f"one subnet of each tier in each of the same {ZONES} zones")
