"""What is open to browsers sends the headers that protect them.

Asked of an `Ingress` of the class `nginx`: the annotation `custom-headers` names a ConfigMap, and where the stack holds
a ConfigMap of that name, as `namespace/name`, its `data` has the headers of `WANTED`, whatever the case. A ConfigMap
that the stack does not hold is the platform's.
"""

from collections.abc import Sequence

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.kubernetes.inventory import Inventory
from guardrails.model.findings import Violations
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import Rule, Severity, WholeStack

INGRESS, CONFIG = "networking.k8s.io/Ingress", "core/ConfigMap"
CUSTOM = "nginx.ingress.kubernetes.io/custom-headers"
CLASS = "kubernetes.io/ingress.class"
WANTED = ("Content-Security-Policy", "Strict-Transport-Security", "X-Content-Type-Options", "X-Frame-Options")
NONE = "sends browsers no security headers: it has no annotation custom-headers"


def check(stack: Inventory) -> Violations:
    """Name each Ingress, and each header that it leaves out."""
    for ingress in stack:
        if ingress.id != INGRESS or ingress.partial:
            continue
        annotations = dict(ingress.members("metadata", "annotations"))
        class_ = ingress.at("spec", "ingressClassName")
        if class_.plain is None and CLASS in annotations:
            class_ = annotations[CLASS]
        if class_.record_unknown() != "nginx":
            continue
        named = annotations[CUSTOM].read() if CUSTOM in annotations else None
        if named in (None, ""):
            yield ingress.fails(NONE, "metadata", "annotations")
        elif isinstance(named, str):
            yield from _sent(ingress, named, stack)


def _sent(ingress: Object, named: str, stack: Sequence[Object]) -> Violations:
    home, _, name = named.rpartition("/")
    for config in stack:
        if config.id != CONFIG or config.partial:
            continue
        places = (config.at("metadata", "name"), config.at("metadata", "namespace"))
        known = zip(places, (name, home or ingress.namespace), strict=True)
        if any(not isinstance(place.plain, Unknown) and place.plain != wanted for place, wanted in known):
            continue
        headers = {header.lower(): value.record_unknown() for header, value in config.members("data")}
        missing = [header for header in WANTED if headers.get(header.lower()) in (None, "")]
        open_ = [place for place in (*places, config.at("data")) if isinstance(place.plain, Unknown)]
        if open_ and missing:
            yield from (place.undecided() for place in open_)
        else:
            yield from (ingress.fails(_without(header), "metadata", "annotations") for header in missing)


def _without(header: str) -> str:
    return f"sends browsers no header {header}: its ConfigMap of headers leaves it out"


def _ingress(headers: Plain = "shop/headers", class_: Plain = "nginx", **more: Plain) -> Resource:
    metadata: Plain = {"name": "api", "namespace": "shop", "annotations": {CUSTOM: headers, **more}}
    spec: Plain = {"ingressClassName": class_}
    return declared("kubernetes:networking.k8s.io/v1:Ingress", "api", metadata=metadata, spec=spec)


def _headers(*names: str) -> Resource:
    return declared("kubernetes:core/v1:ConfigMap", "headers", data=dict.fromkeys(names, "x"))


RULE = Rule(
    id="ingress-security-headers",
    title="Ingresses send security headers",
    why="Without them a browser runs foreign scripts, shows the page inside another, and falls back to plain HTTP.",
    fix="Name a ConfigMap in the annotation custom-headers, and list the headers in it.",
    severity=Severity.MEDIUM,
    covers=("optibid:60",),
    kinds=frozenset({INGRESS, CONFIG}),
    check=WholeStack(check),
    allows={
        "all": (_ingress(), _headers(*WANTED)),
        "in small letters": (_ingress(), _headers(*map(str.lower, WANTED))),
        "the platform's": (_ingress("ingress/headers"),),
        "another class": (_ingress(None, "alb"),),
    },
    refuses={
        "none": bad_example((_ingress(None),), f"Ingress shop/api {NONE}"),
        "empty": bad_example((_ingress(""),), f"Ingress shop/api {NONE}"),
        "the older annotation": bad_example((_ingress(None, None, **{CLASS: "nginx"}),), f"Ingress shop/api {NONE}"),
        "one left out": bad_example((_ingress(), _headers(*WANTED[1:])), f"Ingress shop/api {_without(WANTED[0])}"),
    },
)
