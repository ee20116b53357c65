"""Adding up: a plan and the price table give dollars for each component, and the list of what they leave out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from golive.cost.charges import BY_USE, CHARGED, Charge, Plan, is_free
from golive.cost.prices import REGION, Price
from golive.planning.mock_engine import Planned

PROVIDER = "pulumi:providers:aws::"


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What is known of a month's cost; what is not stands beside it and is in no sum."""

    components: Mapping[str, Decimal]
    """Component to US dollars a month, sorted by name."""
    unpriced: Sequence[str]
    """``<type> <name>: <why>``, one for each part that has no price."""
    by_use: Mapping[str, int]
    """What use pays for, with how many resources depend on it."""
    elsewhere: Sequence[str]
    """Regions whose resources were priced as those of us-east-1."""
    days: tuple[date, date] | None
    """The oldest and the newest day of the prices that were used."""

    @property
    def total(self) -> Decimal:
        """The sum of the components, which is the least that the month costs."""
        return sum(self.components.values(), Decimal(0))


@dataclass
class _Sum:
    """An estimate in the making."""

    components: dict[str, Decimal] = field(default_factory=dict)
    unpriced: list[str] = field(default_factory=list)
    by_use: dict[str, int] = field(default_factory=dict)
    elsewhere: set[str] = field(default_factory=set)
    days: set[date] = field(default_factory=set)


def estimate(planned: Iterable[Planned], table: Mapping[str, Price]) -> Estimate:
    """Price every AWS resource of a plan."""
    plan = {each.path: each for each in planned}
    found = _Sum()
    for resource in plan.values():
        if resource.type.startswith("aws:"):
            _add(found, resource, plan, table)
    return Estimate(
        components=dict(sorted(found.components.items())),
        unpriced=sorted(found.unpriced),
        by_use=dict(sorted(found.by_use.items())),
        elsewhere=sorted(found.elsewhere),
        days=(min(found.days), max(found.days)) if found.days else None,
    )


def _add(found: _Sum, resource: Planned, plan: Plan, table: Mapping[str, Price]) -> None:
    named = f"{resource.type} {resource.name}"
    if resource.type in BY_USE:
        found.by_use[BY_USE[resource.type]] = found.by_use.get(BY_USE[resource.type], 0) + 1
        return
    if resource.type not in CHARGED:
        if not is_free(resource.type):
            found.unpriced.append(f"{named}: no price for this kind")
        return
    for part in CHARGED[resource.type](resource, plan):
        if not isinstance(part, Charge):
            found.unpriced.append(f"{named}: {part.reason}")
        elif part.item not in table:
            found.unpriced.append(f"{named}: no price for {part.item}")
        else:
            price = table[part.item]
            owner = component(resource, plan)
            found.components[owner] = found.components.get(owner, Decimal(0)) + price.monthly * part.quantity
            found.days.add(price.day)
            found.elsewhere |= {region(resource, plan)} - {REGION}


def component(resource: Planned, plan: Plan) -> str:
    """The outermost component that a resource belongs to, by its name in the program."""
    while resource.parent and resource.parent in plan:
        resource = plan[resource.parent]
    return resource.name


def region(resource: Planned, plan: Plan) -> str:
    """Where it stands: as it says itself, or its provider."""
    provider = plan.get(resource.provider)
    said = resource.inputs.get("region") or (provider.inputs.get("region") if provider else None)
    return said if isinstance(said, str) else "a region that is not known"
