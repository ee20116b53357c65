"""Routes of the Gateway API and of Istio lead to Services that exist.

Each `backendRefs` of a rule of an `HTTPRoute`, `GRPCRoute`, `TCPRoute`, `TLSRoute` or `UDPRoute`, and each
`requestMirror.backendRef` of its filters, where it means a Service; and each `destination` and `mirror` of a
`VirtualService` whose `host` is the name of a Service: `api`, `api.shop.svc` or `api.shop.svc.cluster.local`. The
Service must be one of the stack with that port, or one that an operator makes for an object of the stack. A namespace
in which the stack has nothing is somebody else's.
"""

import re
from collections.abc import Iterator

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.kubernetes.inventory import Inventory
from guardrails.kubernetes.route_backends import Backends
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import Rule, Severity, WholeStack

VIRTUAL = "networking.istio.io/VirtualService"
ROUTES = frozenset(f"gateway.networking.k8s.io/{kind}Route" for kind in ("GRPC", "HTTP", "TCP", "TLS", "UDP"))
_HOST = re.compile(r"([a-z0-9](?:[-a-z0-9]*[a-z0-9])?)(?:\.([a-z0-9-]+)\.svc(?:\.cluster\.local)?)?")


def check(stack: Inventory) -> Violations:
    """Name each destination that is not there."""
    for route in stack.of(*sorted(ROUTES)):
        for backend in _references(route):
            yield from _refers(route, backend, stack.backends)
    for route in stack.of(VIRTUAL):
        for destination in destinations(route):
            yield from _leads(route, destination, stack.backends)


def _references(route: Object) -> Iterator[Node]:
    for rule in route.items("spec", "rules"):
        yield from rule.items("backendRefs")
        for filter_ in rule.items("filters"):
            yield filter_.at("requestMirror", "backendRef")


def _refers(route: Object, backend: Node, backends: Backends) -> Violations:
    if backend.differs_from("kind", than=("Service", "")) or backend.differs_from("group", than=("",)):
        return
    if any(isinstance(backend.peek(field), Unknown) for field in ("kind", "group")):
        return
    home = backend.at("namespace")
    home = route.at("metadata", "namespace") if home.plain is None else home
    yield from backends.lost(backend.at("name"), home, backend.at("port"))


def destinations(route: Object) -> Iterator[Node]:
    """Everywhere that a VirtualService sends traffic to."""
    for protocol in ("http", "tcp", "tls"):
        for rule in route.items("spec", protocol):
            yield from (each.at("destination") for each in rule.items("route"))
            yield rule.at("mirror")
            yield from (each.at("destination") for each in rule.items("mirrors"))


def _leads(route: Object, destination: Node, backends: Backends) -> Violations:
    host = destination.at("host")
    host.record_unknown()
    named = _HOST.fullmatch(host.plain) if isinstance(host.plain, str) else None
    if named is not None:
        home = route.at("metadata", "namespace")
        home = home.child(named[2], home.path) if named[2] else home
        yield from backends.lost(host.child(named[1], host.path), home, destination.at("port", "number"))


def _route(kind: str = "HTTPRoute", **backend: Plain) -> Resource:
    spec: Plain = {"rules": [{"backendRefs": [{"name": "api", "port": 80, **backend}]}]}
    return declared(f"kubernetes:gateway.networking.k8s.io/v1:{kind}", "api", spec=spec)


def _virtual(host: Plain, port: Plain = 80, protocol: str = "http") -> Resource:
    spec: Plain = {protocol: [{"route": [{"destination": {"host": host, "port": {"number": port}}}]}]}
    return declared("kubernetes:networking.istio.io/v1:VirtualService", "api", spec=spec)


def _mirror(protocol: str = "http") -> Resource:
    mirrored: Plain = {"route": [{"destination": {"host": "api"}}], "mirror": {"host": "shadow"}}
    return declared("kubernetes:networking.istio.io/v1:VirtualService", "api", spec={protocol: [mirrored]})


SERVICE = declared("kubernetes:core/v1:Service", "api", spec={"ports": [{"port": 80}]})
GONE = "leads to Service web, which the stack does not have"
CLOSED = "leads to port 8080 of Service api, which has no such port"

RULE = Rule(
    id="route-backend-exists",
    title="Routes lead to Services that exist",
    why="A route to a Service or a port that is not there answers its share of the users with an error.",
    fix="Name a Service of the stack and one of its ports, or add it to the stack.",
    severity=Severity.HIGH,
    covers=("production:94", "optibid:28", "production:102"),
    kinds=ROUTES | {VIRTUAL, "core/Service"},
    check=WholeStack(check),
    allows={
        "a Service": (_route(), SERVICE),
        "a Service of a namespace of others": (_route(name="grafana", namespace="monitoring"),),
        "another kind of backend": (_route(name="assets", kind="StorageBucket", group="example.com"),),
        "an operator's": (
            _route(name="db-rw", port=5432),
            declared("kubernetes:postgresql.cnpg.io/v1:Cluster", "db", spec={"instances": 3}),
        ),
        "a mesh": (_virtual("api"), SERVICE),
        "a full name": (_virtual("api.shop.svc.cluster.local"), SERVICE),
        "a host outside": (_virtual("api.254carbon.ai"),),
    },
    refuses={
        **{
            f"no Service for {kind}": bad_example((_route(kind, name="web"), SERVICE), f"{kind} shop/api {GONE}")
            for kind in ("GRPCRoute", "HTTPRoute", "TCPRoute", "TLSRoute", "UDPRoute")
        },
        "no such port": bad_example((_route(port=8080), SERVICE), f"HTTPRoute shop/api {CLOSED}"),
        "the namespace named": bad_example(
            (_route(name="web", namespace="shop"), SERVICE), f"HTTPRoute shop/api {GONE}"
        ),
        "a mirror": bad_example(
            (
                declared(
                    "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute",
                    "api",
                    spec={"rules": [{"filters": [{"requestMirror": {"backendRef": {"name": "web"}}}]}]},
                ),
                SERVICE,
            ),
            f"HTTPRoute shop/api {GONE}",
        ),
        **{
            f"{protocol} of a mesh": bad_example(
                (_virtual("web", protocol=protocol), SERVICE), f"VirtualService shop/api {GONE}"
            )
            for protocol in ("http", "tcp", "tls")
        },
        "a full name of nothing": bad_example((_virtual("web.shop.svc"), SERVICE), f"VirtualService shop/api {GONE}"),
        "no such port in a mesh": bad_example((_virtual("api", 8080), SERVICE), f"VirtualService shop/api {CLOSED}"),
        "a mirror in a mesh": bad_example(
            (_mirror(), SERVICE),
            "VirtualService shop/api leads to Service shadow, which the stack does not have",
        ),
    },
)
