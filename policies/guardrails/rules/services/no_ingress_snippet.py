"""No Ingress brings its own lines of a proxy's configuration.

Annotations of an `Ingress`: none of ingress-nginx's `…-snippet`. Whoever writes one reads every secret that the
controller reads (CVE-2021-25742).
"""

from guardrails.examples import declared, refusal
from guardrails.plain import Plain
from guardrails.resources import Object, Resource
from guardrails.rule import EachObject, Faults, Rule, Severity

PREFIX, SNIPPET = "nginx.ingress.kubernetes.io/", "-snippet"


def check(ingress: Object) -> Faults:
    """Name each annotation that is configuration."""
    for name, annotation in ingress.members("metadata", "annotations"):
        if name.startswith(PREFIX) and name.endswith(SNIPPET) and annotation.other(than=("",)):
            yield annotation.fails(_wrong(name.removeprefix(PREFIX)))


def _wrong(name: str) -> str:
    return f"writes lines of its proxy's configuration in {name}"


def _ingress(**annotations: Plain) -> tuple[Resource, ...]:
    named: dict[str, Plain] = {PREFIX + name.replace("_", "-"): text for name, text in annotations.items()}
    metadata: Plain = {"name": "api", "namespace": "shop", "annotations": named}
    return (declared("kubernetes:networking.k8s.io/v1:Ingress", "api", metadata=metadata),)


LINES = "more_set_headers 'X: y';"

RULE = Rule(
    id="no-ingress-snippet",
    title="Ingresses bring no lines of configuration",
    why="A snippet runs inside the proxy, with its rights: its author reads the certificates and secrets of everybody.",
    fix="Use the controller's own annotations, such as custom-headers, instead of the snippet.",
    severity=Severity.CRITICAL,
    covers=("go-live-readiness:97", "go-live-readiness:102", "go-live-readiness:16"),
    kinds=frozenset({"networking.k8s.io/Ingress"}),
    check=EachObject(check),
    allows={
        "none": _ingress(),
        "other annotations": _ingress(ssl_redirect="true"),
        "an empty one": _ingress(server_snippet=""),
    },
    refuses={
        "of a location": refusal(
            _ingress(configuration_snippet=LINES), f"Ingress shop/api {_wrong('configuration-snippet')}"
        ),
        "of a server": refusal(_ingress(server_snippet=LINES), f"Ingress shop/api {_wrong('server-snippet')}"),
        "of a stream": refusal(_ingress(stream_snippet=LINES), f"Ingress shop/api {_wrong('stream-snippet')}"),
    },
)
