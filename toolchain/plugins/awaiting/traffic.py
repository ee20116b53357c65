"""Services and Ingresses: what they point to is there, and the load balancer has an address.

The endpoints are read from EndpointSlices, which hold what the ordinary provider reads from the older Endpoints. After
any change of them some time has to pass: a slice is made before all its pods are in it.
"""

from collections.abc import Iterator

from toolchain.plugins.awaiting import pod
from toolchain.plugins.awaiting.fields import at, beside, mapping, objects, text, warnings
from toolchain.plugins.awaiting.outcome import Collection, Family, Outcome, Ready, Related, Settling, Waiting
from toolchain.plugins.awaiting.reader import Live

SERVICE_NAME = "kubernetes.io/service-name"
"""Label of a slice that names its Service."""
SLICES = "EndpointSlice"
QUIET = 10.0
"""Seconds without a change after which endpoints count as settled."""
PATIENCE = 60.0
"""Seconds after which an Ingress no longer waits for a Service that no slice has been seen of."""


def service(live: Live, related: Related) -> Outcome:
    """Judge one Service: no pod that it selects is unready, and a ``LoadBalancer`` has an address.

    A Service that selects no pod at all is ready once its endpoints have settled. Headless ones, those without selector
    and those of type ``ExternalName`` don't wait for pods.
    """
    if text(live, "spec", "type") == "LoadBalancer" and not objects(live, "status", "loadBalancer", "ingress"):
        words = pod.warned(live, related.get("Event", ()))
        return Waiting("waiting for an address of the load balancer", (words,) if words else ())
    if not _selects(live):
        return Ready()
    slices = related.get(SLICES, ())
    if not slices:
        return Waiting("waiting for the first endpoints")
    endpoints = [endpoint for entry in slices for endpoint in objects(entry, "endpoints")]
    unready = [endpoint for endpoint in endpoints if _pending(endpoint)]
    if unready:
        return Waiting(f"{len(unready)} of {len(endpoints)} endpoints are not ready")
    return Settling("waiting for the endpoints to settle", SLICES, QUIET)


def ingress(live: Live, related: Related) -> Outcome:
    """Judge one Ingress: it has an address, and the Services that its paths name have endpoints.

    A Service that never shows up does not hold the Ingress back for ever: an Ingress may come before its Services.
    """
    if not objects(live, "status", "loadBalancer", "ingress"):
        words = pod.warned(live, related.get("Event", ()))
        return Waiting("waiting for an address", (words,) if words else ())
    missing = set(_services(live)) - set(_known(related))
    if not missing:
        return Ready()
    words = f"waiting for the endpoints of {', '.join(sorted(missing))}"
    return Settling(words, SLICES, QUIET if related.get(SLICES) else PATIENCE)


def _selects(live: Live) -> bool:
    """Say whether the Service waits for pods."""
    special = text(live, "spec", "type") == "ExternalName" or text(live, "spec", "clusterIP") == "None"
    return not special and bool(mapping(live, "spec", "selector"))


def _pending(endpoint: Live) -> bool:
    """Say whether the pod may still become ready; no word about it means that it is, and one that ends never will."""
    ready, ending = at(endpoint, "conditions", "ready"), at(endpoint, "conditions", "terminating")
    return ready not in (True, None) and ending is not True


def _services(live: Live) -> Iterator[str]:
    for rule in objects(live, "spec", "rules"):
        for path in objects(rule, "http", "paths"):
            name = text(path, "backend", "service", "name")
            if name:
                yield name


def _known(related: Related) -> Iterator[str]:
    for entry in related.get(SLICES, ()):
        yield text(mapping(entry, "metadata", "labels"), SERVICE_NAME)
    for found in related.get("Service", ()):
        if text(found, "spec", "type") == "ExternalName":
            yield text(found, "metadata", "name")


def _related_of_service(live: Live) -> tuple[Collection, ...]:
    name = text(live, "metadata", "name")
    slices = (beside(live, "discovery.k8s.io/v1", SLICES, f"{SERVICE_NAME}={name}"),) if _selects(live) else ()
    return (*slices, warnings(live))


def _related_of_ingress(live: Live) -> tuple[Collection, ...]:
    return beside(live, "discovery.k8s.io/v1", SLICES), beside(live, "v1", "Service"), warnings(live)


SERVICE = Family(progress=service, related=_related_of_service, on_refresh=True)
INGRESS = Family(progress=ingress, related=_related_of_ingress, on_refresh=True)
