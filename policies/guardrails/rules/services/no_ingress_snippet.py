"""No Ingress brings its own lines of a proxy's configuration.

Annotations of an `Ingress`: none of ingress-nginx's or HAProxy's `…-snippet`, nor of NGINX's own `…-snippets`. Whoever
writes one reads every secret that the controller reads (CVE-2021-25742). A `ConfigMap` with ingress-nginx's switch
`allow-snippet-annotations` set to "true" lets everybody write them.
"""

import re

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.model.findings import Violations
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain
from guardrails.rule import EachObject, Rule, Severity

INGRESS, CONFIG_MAP = "networking.k8s.io/Ingress", "core/ConfigMap"
PREFIX = "nginx.ingress.kubernetes.io/"
SNIPPETS = re.compile(r"(?:nginx\.ingress\.kubernetes\.io|haproxy\.org)/.*-snippet|nginx\.org/.*-snippets")
SWITCH = "allow-snippet-annotations"
ALLOWED = "lets every Ingress write lines of its proxy's configuration"


def check(obj: Object) -> Violations:
    """Name each annotation that is configuration, and the switch that allows them."""
    if obj.id == CONFIG_MAP:
        if obj.read("data", SWITCH) == "true":
            yield obj.fails(ALLOWED, "data", SWITCH)
        return
    for name, annotation in obj.members("metadata", "annotations"):
        if SNIPPETS.fullmatch(name) and annotation.differs_from(than=("",)):
            yield annotation.fails(_wrong(name.partition("/")[2]))


def _wrong(name: str) -> str:
    return f"writes lines of its proxy's configuration in {name}"


def _ingress(**annotations: Plain) -> tuple[Resource, ...]:
    named: dict[str, Plain] = {
        (name if "/" in name else PREFIX + name.replace("_", "-")): text for name, text in annotations.items()
    }
    metadata: Plain = {"name": "api", "namespace": "shop", "annotations": named}
    return (declared("kubernetes:networking.k8s.io/v1:Ingress", "api", metadata=metadata),)


def _controller(switch: Plain) -> tuple[Resource, ...]:
    return (declared("kubernetes:core/v1:ConfigMap", "ingress-nginx-controller", data={SWITCH: switch}),)


LINES = "more_set_headers 'X: y';"

RULE = Rule(
    id="no-ingress-snippet",
    title="Ingresses bring no lines of configuration",
    why="A snippet runs inside the proxy, with its rights: its author reads the certificates and secrets of everybody.",
    fix="Use the controller's own annotations, such as custom-headers, instead of the snippet.",
    severity=Severity.CRITICAL,
    covers=("go-live-readiness:97", "go-live-readiness:102", "go-live-readiness:16"),
    kinds=frozenset({INGRESS, CONFIG_MAP}),
    check=EachObject(check),
    allows={
        "none": _ingress(),
        "other annotations": _ingress(ssl_redirect="true"),
        "another's annotation": _ingress(**{"example.com/server-snippet": LINES}),
        "the switch is off": _controller("false"),
        "an empty one": _ingress(server_snippet=""),
    },
    refuses={
        "of a location": bad_example(
            _ingress(configuration_snippet=LINES), f"Ingress shop/api {_wrong('configuration-snippet')}"
        ),
        "of a server": bad_example(_ingress(server_snippet=LINES), f"Ingress shop/api {_wrong('server-snippet')}"),
        "of another controller": bad_example(
            _ingress(**{"nginx.org/server-snippets": LINES}), f"Ingress shop/api {_wrong('server-snippets')}"
        ),
        "of HAProxy": bad_example(
            _ingress(**{"haproxy.org/backend-config-snippet": LINES}),
            f"Ingress shop/api {_wrong('backend-config-snippet')}",
        ),
        "the switch is on": bad_example(_controller("true"), f"ConfigMap shop/ingress-nginx-controller {ALLOWED}"),
        "of a stream": bad_example(_ingress(stream_snippet=LINES), f"Ingress shop/api {_wrong('stream-snippet')}"),
    },
)
