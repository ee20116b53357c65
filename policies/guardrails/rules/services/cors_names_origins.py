"""Cross-origin requests are allowed to named origins.

Refused is an origin `*`, or a pattern or a prefix that any origin matches, in ingress-nginx's annotation
`cors-allow-origin` (which is `*` where `enable-cors` is true and it is absent), a VirtualService's `corsPolicy`, the
`cors` filter of an HTTPRoute, a Traefik Middleware's `accessControlAllowOriginList`, and the `cors` of an Envoy Gateway
SecurityPolicy.
"""

import re
from collections.abc import Iterator

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain
from guardrails.rule import EachObject, Rule, Severity

ENABLED = "nginx.ingress.kubernetes.io/enable-cors"
ORIGIN = "nginx.ingress.kubernetes.io/cors-allow-origin"
TRUE = frozenset({"1", "t", "true"})
"""What ingress-nginx takes for true, in small letters."""
ANY = re.compile(r"\^?\(?(?:https?\??|\(http\|https\)|\(https\|http\))?(?::(?:\\?/){2})?\(?\.?[*+]\)?\)?\$?")
"""`*`, `.*`, `https://*`, `^https?://.+$`"""
PROBLEM = "lets pages of every origin call it"
INGRESS, ROUTE = "networking.k8s.io/Ingress", "gateway.networking.k8s.io/HTTPRoute"
VIRTUAL, MIDDLEWARE = "networking.istio.io/VirtualService", "traefik.io/Middleware"
POLICY = "gateway.envoyproxy.io/SecurityPolicy"


def check(obj: Object) -> Violations:
    """Name each place where any origin will do."""
    if obj.id == INGRESS:
        yield from _annotated(obj)
        return
    for origin in _origins(obj):
        origin.record_unknown()
        if isinstance(origin.plain, str) and _is_any(origin, origin.plain.strip()):
            yield origin.fails(PROBLEM)


def _annotated(ingress: Object) -> Violations:
    annotations = dict(ingress.members("metadata", "annotations"))
    enabled, origin = annotations.get(ENABLED), annotations.get(ORIGIN)
    if enabled is None or str(enabled.read()).lower() not in TRUE:
        return
    named = origin.read() if origin is not None else "*"
    if isinstance(named, str) and any(ANY.fullmatch(each.strip()) for each in named.split(",")):
        yield ingress.fails(PROBLEM, "metadata", "annotations")


def _is_any(origin: Node, said: str) -> bool:
    if origin.path.endswith(".prefix"):
        return any(scheme.startswith(said) for scheme in ("http://", "https://"))
    return ANY.fullmatch(said) is not None


def _origins(obj: Object) -> Iterator[Node]:
    if obj.id == MIDDLEWARE:
        yield from obj.items("spec", "headers", "accessControlAllowOriginList")
    elif obj.id == POLICY:
        yield from obj.items("spec", "cors", "allowOrigins")
    elif obj.id == ROUTE:
        for rule in obj.items("spec", "rules"):
            for filter_ in rule.items("filters"):
                yield from filter_.items("cors", "allowOrigins")
    else:
        for rule in obj.items("spec", "http"):
            for origin in rule.items("corsPolicy", "allowOrigins"):
                yield from (origin.at(way) for way in ("exact", "prefix", "regex"))
            yield from rule.items("corsPolicy", "allowOrigin")


def _ingress(**annotations: Plain) -> tuple[Resource, ...]:
    keys = {"enabled": ENABLED, "origin": ORIGIN}
    metadata: Plain = {"name": "api", "namespace": "shop", "annotations": {keys[k]: v for k, v in annotations.items()}}
    return (declared("kubernetes:networking.k8s.io/v1:Ingress", "api", metadata=metadata),)


def _of(type_: str, **spec: Plain) -> tuple[Resource, ...]:
    return (declared(f"kubernetes:{type_}", "api", spec=spec),)


def _virtual(**origin: Plain) -> tuple[Resource, ...]:
    return _of("networking.istio.io/v1:VirtualService", http=[{"corsPolicy": {"allowOrigins": [origin]}}])


HUB = "https://hub.254carbon.ai"

RULE = Rule(
    id="cors-names-origins",
    title="Cross-origin requests are allowed to named origins",
    why="With * any page on the Internet may call the API from the browser of somebody who is logged in.",
    fix="List the origins of your own pages.",
    severity=Severity.HIGH,
    covers=("optibid:37", "optibid:59", "optibid:460"),
    kinds=frozenset({INGRESS, ROUTE, VIRTUAL, MIDDLEWARE, POLICY}),
    check=EachObject(check),
    allows={
        "named": _ingress(enabled="true", origin=HUB),
        "none": _ingress(),
        "switched off": _ingress(enabled="false", origin="*"),
        "named in a mesh": _virtual(exact=HUB),
        "a pattern of one's own": _virtual(regex=r"https://.*\.254carbon\.ai"),
        "a prefix of one's own": _virtual(prefix="https://hub."),
    },
    refuses={
        "any": bad_example(_ingress(enabled="true", origin="*"), f"Ingress shop/api {PROBLEM}"),
        "nothing named": bad_example(_ingress(enabled="true"), f"Ingress shop/api {PROBLEM}"),
        "any among others": bad_example(_ingress(enabled="true", origin=f"{HUB}, *"), f"Ingress shop/api {PROBLEM}"),
        "switched on in other words": bad_example(_ingress(enabled="True"), f"Ingress shop/api {PROBLEM}"),
        "any of a scheme": bad_example(_virtual(regex="^https?://.*$"), f"VirtualService shop/api {PROBLEM}"),
        "a prefix of all": bad_example(_virtual(prefix="https://"), f"VirtualService shop/api {PROBLEM}"),
        "an old mesh": bad_example(
            _of("networking.istio.io/v1alpha3:VirtualService", http=[{"corsPolicy": {"allowOrigin": ["*"]}}]),
            f"VirtualService shop/api {PROBLEM}",
        ),
        "a mesh": bad_example(_virtual(regex=".*"), f"VirtualService shop/api {PROBLEM}"),
        "a route": bad_example(
            _of("gateway.networking.k8s.io/v1:HTTPRoute", rules=[{"filters": [{"cors": {"allowOrigins": ["*"]}}]}]),
            f"HTTPRoute shop/api {PROBLEM}",
        ),
        "a middleware": bad_example(
            _of("traefik.io/v1alpha1:Middleware", headers={"accessControlAllowOriginList": ["*"]}),
            f"Middleware shop/api {PROBLEM}",
        ),
        "a gateway's policy": bad_example(
            _of("gateway.envoyproxy.io/v1alpha1:SecurityPolicy", cors={"allowOrigins": [HUB, "*"]}),
            f"SecurityPolicy shop/api {PROBLEM}",
        ),
    },
)
