"""Whether every product has a place of its own: a namespace is closed whole, and a domain leads to one product."""

from collections.abc import Iterator

from settings.errors import Fault
from settings.models import Settings


def misplaced(settings: Settings) -> Iterator[Fault]:
    """Find products whose namespace or domain is another's."""
    namespaces: dict[str, str] = {}
    domains: dict[str, str] = {}
    for name, placement in settings.products.items():
        for key, value, taken in (
            ("namespace", placement.namespace, namespaces),
            ("domain", placement.domain, domains),
        ):
            owner = taken.setdefault(value, name)
            if owner != name:
                example = name if key == "namespace" else f"{name}.{value}"
                found = f"'{value}', which {owner} has already"
                yield Fault(("products", name, key), found, f"a {key} of its own, for example {example}")
    yield from _reserved(settings)


def _reserved(settings: Settings) -> Iterator[Fault]:
    """Refuse a product in a namespace that something else already closes and opens."""
    platform = settings.platform
    others = {
        "default": "Kubernetes",
        platform.gateway.namespace: "the gateway",
        platform.monitoring.namespace: "monitoring",
        platform.egress.namespace: "the egress proxy",
        **({platform.mesh.namespace: "the mesh"} if platform.mesh else {}),
        **{store.namespace: f"the store {name}" for name, store in settings.stores.items() if store.namespace},
    }
    for name, placement in settings.products.items():
        if placement.namespace in others or placement.namespace.startswith("kube-"):
            owner = others.get(placement.namespace, "Kubernetes")
            found = f"'{placement.namespace}', which belongs to {owner}"
            yield Fault(("products", name, "namespace"), found, f"a namespace of its own, for example {name}")
