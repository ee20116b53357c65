"""What has to fit between the products of an environment and what it rents from AWS."""

from collections.abc import Iterator, Sequence

from catalog.model import Product
from settings.errors import NOTHING, Fault
from settings.faults import did_you_mean
from settings.foundation import Aws
from settings.models import Settings


def misfits(settings: Settings, chosen: Sequence[Product]) -> Iterator[Fault]:
    """Find products that the edge does not lead to, and stores of AWS that services would look for elsewhere."""
    if settings.aws is not None:
        yield from _edge(settings, settings.aws, [product.name for product in chosen])
        yield from _stores(settings, settings.aws, chosen)


def _edge(settings: Settings, aws: Aws, names: Sequence[str]) -> Iterator[Fault]:
    zone, limits = aws.edge.zone, aws.edge.products
    for name in names:
        domain = settings.products[name].domain
        if domain != zone and not domain.endswith(f".{zone}"):
            yield Fault(
                ("products", name, "domain"), f"'{domain}', which is not in {zone}", "a domain in aws.edge.zone"
            )
        if name not in limits:
            expected = f"its limits, for example {name}: {{requests: 2000}}"
            yield Fault(("aws", "edge", "products", name), NOTHING, expected)
    for name in limits:
        if name not in settings.products:
            hint = did_you_mean(name, names)
            found = "a product that does not run here"
            yield Fault(("aws", "edge", "products", name), found, f"one of {', '.join(names)}", hint=hint)


def _stores(settings: Settings, aws: Aws, chosen: Sequence[Product]) -> Iterator[Fault]:
    used = {name for product in chosen for service in product.services for name in service.stores}
    for name in aws.stores.names:
        if name not in used:
            yield Fault(("aws", "stores", name), "a store that no service here uses", "no line for it")
        elif name in settings.stores and settings.stores[name].cidrs is None:
            example = f"{{host: {name}.example.internal, cidrs: [{aws.network.within('data')[0]}]}}"
            found = f"a namespace, though AWS runs it (aws.stores.{name})"
            yield Fault(("stores", name), found, f"a name and the data subnets, for example {example}")
