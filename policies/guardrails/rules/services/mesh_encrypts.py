"""The mesh encrypts what services say to each other, and knows to whom they say it.

Fields of Istio's `PeerAuthentication`: `mtls.mode` and each `portLevelMtls.<port>.mode` are not `DISABLE` or
`PERMISSIVE`, which let plain text in. Of a `DestinationRule`: no `tls` of its traffic policy, of a port's or of a
subset's has the mode `DISABLE` or `insecureSkipVerify`. What is unset is inherited, and is left to the mesh.
"""

from collections.abc import Iterator

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain
from guardrails.rule import EachObject, Rule, Severity

PEER, DESTINATION = "security.istio.io/PeerAuthentication", "networking.istio.io/DestinationRule"
PLAIN_IN = ("DISABLE", "PERMISSIVE")
PLAIN_OUT = "calls in plain text: a tls mode is DISABLE"
UNVERIFIED = "encrypts without looking at the certificate: insecureSkipVerify is set"


def check(obj: Object) -> Violations:
    """Name each place that takes the mesh's encryption away."""
    if obj.id == PEER:
        ports = (port for _, port in obj.members("spec", "portLevelMtls"))
        for place in (obj.at("spec", "mtls"), *ports):
            if (mode := place.read("mode")) in PLAIN_IN:
                yield place.fails(_accepts(mode), "mode")
        return
    for tls in _policies(obj):
        if tls.read("mode") == "DISABLE":
            yield tls.fails(PLAIN_OUT, "mode")
        if tls.differs_from("insecureSkipVerify", than=(False,)):
            yield tls.fails(UNVERIFIED, "insecureSkipVerify")


def _policies(obj: Object) -> Iterator[Node]:
    subsets = (subset.at("trafficPolicy") for subset in obj.items("spec", "subsets"))
    for policy in (obj.at("spec", "trafficPolicy"), *subsets):
        yield policy.at("tls")
        yield from (port.at("tls") for port in policy.items("portLevelSettings"))


def _accepts(mode: object) -> str:
    return f"lets callers speak plain text: an mTLS mode is {mode}"


def _peers(**spec: Plain) -> tuple[Resource, ...]:
    return (declared("kubernetes:security.istio.io/v1:PeerAuthentication", "api", spec=spec),)


def _destination(**spec: Plain) -> tuple[Resource, ...]:
    return (declared("kubernetes:networking.istio.io/v1:DestinationRule", "api", spec={"host": "api", **spec}),)


PEERS, RULED = "PeerAuthentication shop/api", "DestinationRule shop/api"
OFF: Plain = {"tls": {"mode": "DISABLE"}}

RULE = Rule(
    id="mesh-encrypts",
    title="The mesh encrypts traffic between services",
    why="Plain text inside the cluster is read by whoever holds one node, and nobody knows who really called.",
    fix="Set the mode to STRICT, or to ISTIO_MUTUAL on the calling side, and remove insecureSkipVerify.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:94", "signal-service-v2:34"),
    kinds=frozenset({PEER, DESTINATION}),
    check=EachObject(check),
    allows={
        "strict": _peers(mtls={"mode": "STRICT"}, portLevelMtls={"8080": {"mode": "STRICT"}}),
        "inherited": _peers(selector={"matchLabels": {"app": "api"}}),
        "mutual": _destination(trafficPolicy={"tls": {"mode": "ISTIO_MUTUAL"}}),
        "subsets alone": _destination(subsets=[{"name": "stable", "labels": {"app": "api"}}]),
    },
    refuses={
        "switched off": bad_example(_peers(mtls={"mode": "DISABLE"}), f"{PEERS} {_accepts('DISABLE')}"),
        "both": bad_example(_peers(mtls={"mode": "PERMISSIVE"}), f"{PEERS} {_accepts('PERMISSIVE')}"),
        "a port": bad_example(
            _peers(mtls={"mode": "STRICT"}, portLevelMtls={"8080": {"mode": "DISABLE"}}),
            f"{PEERS} {_accepts('DISABLE')}",
        ),
        "calls": bad_example(_destination(trafficPolicy=OFF), f"{RULED} {PLAIN_OUT}"),
        "calls to a port": bad_example(
            _destination(trafficPolicy={"portLevelSettings": [OFF]}), f"{RULED} {PLAIN_OUT}"
        ),
        "calls to a subset": bad_example(
            _destination(subsets=[{"name": "stable", "trafficPolicy": OFF}]), f"{RULED} {PLAIN_OUT}"
        ),
        "unverified": bad_example(
            _destination(trafficPolicy={"tls": {"mode": "SIMPLE", "insecureSkipVerify": True}}), f"{RULED} {UNVERIFIED}"
        ),
    },
)
