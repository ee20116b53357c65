"""Whether the catalogue agrees with itself: names, ports, edges, stores, secrets and sources."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from catalog.model import CHOSEN, Product, Service, Slo, Store

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", re.ASCII)
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*", re.ASCII)
_PATH = re.compile(r"/[a-zA-Z0-9_./-]*", re.ASCII)
_SOURCE = re.compile(r"(new-services|production|signal-service-v2|optibid|go-live-readiness):[1-9]\d*", re.ASCII)
_LOWEST_PORT, _HIGHEST_PORT = 1024, 65535


def contradictions(products: Sequence[Product], stores: Sequence[Store]) -> tuple[str, ...]:
    """List what is wrong, one sentence each; empty when all is well."""
    services = [service for product in products for service in product.services]
    found = [
        *_names("product", (product.name for product in products)),
        *_names("service", (service.name for service in services)),
        *_names("store", (store.name for store in stores)),
        *_names("secret", (secret.name for service in services for secret in service.secrets)),
        *(f"product '{product.name}' has no services" for product in products if not product.services),
        *_edges(services),
    ]
    for store in stores:
        found += _sources(f"store '{store.name}'", [store.source], may_be_chosen=True)
    for service in services:
        found += [f"service '{service.name}' {words}" for words in _service(service, {store.name for store in stores})]
        found += _sources(f"service '{service.name}'", [service.port_source], may_be_chosen=True)
        found += [sentence for slo in service.slos for sentence in _slo(service, slo)]
    return tuple(found)


def _names(kind: str, names: Iterable[str]) -> Iterator[str]:
    for name, count in Counter(names).items():
        if not _LABEL.fullmatch(name):
            yield f"{kind} '{name}' is not named by a DNS label"
        if count > 1:
            yield f"{kind} '{name}' is there {count} times"


def _edges(services: Sequence[Service]) -> Iterator[str]:
    by_name = {service.name: service for service in services}
    for service in services:
        for name in service.calls:
            if name not in by_name:
                yield f"service '{service.name}' calls '{name}', which no product has"
            elif service.name not in by_name[name].called_by:
                yield f"service '{service.name}' calls '{name}', which doesn't list it in called_by"
        for name in service.called_by:
            if name not in by_name:
                yield f"service '{service.name}' is called by '{name}', which no product has"
            elif service.name not in by_name[name].calls:
                yield f"service '{service.name}' is called by '{name}', which doesn't list it in calls"


def _service(service: Service, stores: set[str]) -> Iterator[str]:
    if not _LOWEST_PORT <= service.port <= _HIGHEST_PORT:
        yield f"listens on {service.port}; a service without privileges needs {_LOWEST_PORT} to {_HIGHEST_PORT}"
    for path in (service.health, service.metrics, service.websocket):
        if path is not None and not _PATH.fullmatch(path):
            yield f"has the path '{path}', which doesn't begin with a slash or has odd characters"
    yield from _repeats(service)
    for name in service.stores:
        if name not in stores:
            yield f"uses '{name}', which is no store"
    if service.migrate and not service.stores:
        yield "has migrations, and no store that they could change"
    keys = [key for secret in service.secrets for key in secret.keys]
    for key, count in Counter([*keys, *service.environment]).items():
        if not _VARIABLE.fullmatch(key):
            yield f"has '{key}', which is no name of an environment variable"
        if count > 1:
            yield f"gets '{key}' {count} times"


def _repeats(service: Service) -> Iterator[str]:
    for kind, names in (("calls", service.calls), ("is called by", service.called_by), ("uses", service.stores)):
        for name, count in Counter(names).items():
            if name == service.name:
                yield f"{kind} itself"
            if count > 1:
                yield f"{kind} '{name}' {count} times"


def _slo(service: Service, slo: Slo) -> Iterator[str]:
    place = f"the {slo.indicator} of service '{service.name}'"
    if slo.unit == "ratio" and slo.threshold >= 1:
        yield f"{place} has the threshold {slo.threshold}, which no {slo.unit} can be held to"
    if not slo.sources:
        yield f"{place} has no source"
    yield from _sources(place, slo.sources, may_be_chosen=False)


def _sources(place: str, sources: Iterable[str], *, may_be_chosen: bool) -> Iterator[str]:
    for source in sources:
        if not _SOURCE.fullmatch(source) and not (may_be_chosen and source == CHOSEN):
            yield f"{place} has the source '{source}', which is no line of a checklist"
