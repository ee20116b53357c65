"""A gateway serves users over TLS.

For a `Gateway` of Istio, each of `spec.servers` that speaks HTTP, HTTP2 or GRPC must have `tls.httpsRedirect: true`,
and each that speaks HTTPS or TLS must have a `tls` section. For a `Gateway` of the Gateway API a listener that speaks
HTTP is sound beside one that speaks HTTPS or TLS, for its routes can then redirect. Other protocols are not for
browsers and not looked at.
"""

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.model.findings import Violations
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

ISTIO, KUBERNETES = "networking.istio.io/Gateway", "gateway.networking.k8s.io/Gateway"
CLEAR = ("HTTP", "HTTP2", "GRPC")
SAFE = ("HTTPS", "TLS")
ANSWERS = "answers over plain HTTP instead of redirecting to HTTPS"
NO_TLS = "has an HTTPS server without a tls section"
ONLY_CLEAR = "serves plain HTTP and has no HTTPS listener to redirect to"


def check(gateway: Object) -> Violations:
    """Name each door that is open in the clear."""
    yield from (_servers if gateway.id != KUBERNETES else _listeners)(gateway)


def _servers(gateway: Object) -> Violations:
    for server in gateway.items("spec", "servers"):
        protocol = _upper(server.read("port", "protocol"))
        if protocol in CLEAR and server.is_not("tls", "httpsRedirect", value=True):
            yield server.fails(ANSWERS, "tls", "httpsRedirect")
        elif protocol in SAFE and server.read("tls") is None:
            yield server.fails(NO_TLS, "tls")


def _listeners(gateway: Object) -> Violations:
    spoken = [_upper(listener.read("protocol")) for listener in gateway.items("spec", "listeners")]
    if "HTTP" in spoken and not any(isinstance(each, Unknown) or each in SAFE for each in spoken):
        listeners = gateway.at("spec", "listeners").elements()
        if not any(isinstance(listener.plain, Unknown) for listener in listeners):
            yield gateway.fails(ONLY_CLEAR, "spec", "listeners")


def _upper(protocol: object) -> object:
    return protocol.upper() if isinstance(protocol, str) else protocol


def _istio(**server: Plain) -> tuple[Resource, ...]:
    hosts: list[Plain] = ["api.254carbon.ai"]
    spec: Plain = {"servers": [{"hosts": hosts, **server}]}
    return (declared("kubernetes:networking.istio.io/v1:Gateway", "edge", spec=spec),)


def _kubernetes(*protocols: str) -> tuple[Resource, ...]:
    listeners: list[Plain] = [{"name": protocol.lower(), "protocol": protocol} for protocol in protocols]
    spec: Plain = {"gatewayClassName": "istio", "listeners": listeners}
    return (declared("kubernetes:gateway.networking.k8s.io/v1:Gateway", "edge", spec=spec),)


HTTP: Plain = {"number": 80, "name": "http", "protocol": "HTTP"}
HTTPS: Plain = {"number": 443, "name": "https", "protocol": "HTTPS"}

RULE = Rule(
    id="gateway-tls",
    title="Gateways serve users over TLS",
    why="What crosses the Internet in the clear can be read and changed on the way, tokens first of all.",
    fix="Serve HTTPS with the host's certificate, and let the HTTP server only redirect to it.",
    severity=Severity.HIGH,
    covers=("optibid:54", "optibid:456", "optibid:53", "production:7", "go-live-readiness:94", "go-live-readiness:161"),
    kinds=frozenset({ISTIO, KUBERNETES}),
    check=EachObject(check),
    allows={
        "HTTPS": _istio(port=HTTPS, tls={"mode": "SIMPLE", "credentialName": "api-tls"}),
        "a redirect": _istio(port=HTTP, tls={"httpsRedirect": True}),
        "another protocol": _istio(port={"number": 9092, "name": "kafka", "protocol": "TCP"}),
        "a listener": _kubernetes("HTTPS"),
        "a listener to redirect from": _kubernetes("HTTP", "HTTPS"),
    },
    refuses={
        "HTTP": bad_example(_istio(port=HTTP), f"Gateway shop/edge {ANSWERS}"),
        "no redirect": bad_example(_istio(port=HTTP, tls={"httpsRedirect": False}), f"Gateway shop/edge {ANSWERS}"),
        "lower case": bad_example(_istio(port={"number": 80, "protocol": "http"}), f"Gateway shop/edge {ANSWERS}"),
        "HTTPS without a certificate": bad_example(_istio(port=HTTPS), f"Gateway shop/edge {NO_TLS}"),
        "a listener": bad_example(_kubernetes("HTTP"), f"Gateway shop/edge {ONLY_CLEAR}"),
    },
)
