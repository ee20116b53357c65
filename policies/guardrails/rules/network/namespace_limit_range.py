"""Every namespace of the stack says what a container gets that does not say.

For each `Namespace` that the stack makes there is a `LimitRange` in it with an item of the type `Container` that has a
`default`. A range that only bounds what may be asked for leaves silent containers without limits.
"""

from guardrails.examples import declared, refusal
from guardrails.namespaces import lacking
from guardrails.node import Node
from guardrails.plain import Plain, Unknown
from guardrails.resources import Object, Resource
from guardrails.rule import Faults, Rule, Severity, WholeStack
from guardrails.selectors import NO, YES, Match, doubtful, either
from guardrails.stack import Stack

NAMESPACE, RANGE = "core/Namespace", "core/LimitRange"
WRONG = "has no default limits for containers"


def check(stack: Stack) -> Faults:
    """Name each namespace in which a container may have no limits."""
    yield from lacking(stack, RANGE, _limits, WRONG)


def _limits(found: Object) -> Match:
    limits = found.at("spec", "limits")
    if limits.plain is not None and not isinstance(limits.plain, list):
        return doubtful(limits)
    return either(map(_defaults, limits.elements()))


def _defaults(item: Node) -> Match:
    type_, default = item.at("type"), item.at("default")
    if default.plain in (None, {}) or not (type_.plain == "Container" or isinstance(type_.plain, Unknown)):
        return NO
    open_ = [place for place in (type_, default) if not isinstance(place.plain, str | dict)]
    return doubtful(*open_) if open_ else YES


def _range(*items: Plain, namespace: Plain = "shop") -> Resource:
    metadata: Plain = {"name": "limits", "namespace": namespace}
    return declared("kubernetes:core/v1:LimitRange", "limits", metadata=metadata, spec={"limits": list(items)})


SHOP = declared("kubernetes:core/v1:Namespace", "shop", namespace=None)
AMOUNTS: Plain = {"cpu": "500m", "memory": "128Mi"}
DEFAULTS: Plain = {"type": "Container", "default": AMOUNTS}
UNBOUND = f"Namespace shop {WRONG}"

RULE = Rule(
    id="namespace-limit-range",
    title="Namespaces give containers default limits",
    why="A debugging pod or a controller's sidecar without limits would take what it can get.",
    fix="Add a LimitRange with a default for the type Container; the component Namespace makes one.",
    severity=Severity.LOW,
    covers=("new-services:204", "production:6"),
    kinds=frozenset({NAMESPACE, RANGE}),
    check=WholeStack(check),
    allows={
        "defaults": (SHOP, _range(DEFAULTS)),
        "among others": (SHOP, _range({"type": "Pod", "max": AMOUNTS}, DEFAULTS)),
        "a namespace of others": (_range(DEFAULTS, namespace="other"),),
    },
    refuses={
        "none": refusal((SHOP,), UNBOUND),
        "elsewhere": refusal((SHOP, _range(DEFAULTS, namespace="other")), UNBOUND),
        "no items": refusal((SHOP, _range()), UNBOUND),
        "for volumes": refusal((SHOP, _range({"type": "PersistentVolumeClaim", "default": AMOUNTS})), UNBOUND),
        "only a ceiling": refusal((SHOP, _range({"type": "Container", "max": AMOUNTS})), UNBOUND),
        "empty defaults": refusal((SHOP, _range({"type": "Container", "default": {}})), UNBOUND),
    },
)
