"""Every namespace of the stack says what a container gets that does not say.

For each `Namespace` that the stack makes there is a `LimitRange` in it with an item of the type `Container` that has a
`default` for CPU or for memory. Where it has only a `max`, the API server makes that the default. A range for pods or
volumes leaves silent containers without limits.
"""

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.kubernetes.inventory import Inventory
from guardrails.kubernetes.namespaces import lacking
from guardrails.model.answer import Answer, doubtful, either, is_set, one_of
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain
from guardrails.rule import Rule, Severity, WholeStack

NAMESPACE, RANGE = "core/Namespace", "core/LimitRange"
PROBLEM = "has no default limits for containers"


def check(stack: Inventory) -> Violations:
    """Name each namespace in which a container may have no limits."""
    yield from lacking(stack, RANGE, _limits, PROBLEM)


def _limits(obj: Object) -> Answer:
    limits = obj.at("spec", "limits")
    if limits.plain is not None and not isinstance(limits.plain, list):
        return doubtful(limits)
    return either(map(_defaults, limits.elements()))


def _defaults(item: Node) -> Answer:
    amounts = (item.at(field, name) for field in ("default", "max") for name in ("cpu", "memory"))
    return one_of(item.at("type"), "Container") & either(map(is_set, amounts))


def _range(*items: Plain, namespace: Plain = "shop") -> Resource:
    metadata: Plain = {"name": "limits", "namespace": namespace}
    return declared("kubernetes:core/v1:LimitRange", "limits", metadata=metadata, spec={"limits": list(items)})


SHOP = declared("kubernetes:core/v1:Namespace", "shop", namespace=None)
AMOUNTS: Plain = {"cpu": "500m", "memory": "128Mi"}
DEFAULTS: Plain = {"type": "Container", "default": AMOUNTS}
UNBOUND = f"Namespace shop {PROBLEM}"

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
        "of one kind": (SHOP, _range({"type": "Container", "default": {"memory": "128Mi"}})),
        "a ceiling, which is the default": (SHOP, _range({"type": "Container", "max": AMOUNTS})),
        "among others": (SHOP, _range({"type": "Pod", "max": AMOUNTS}, DEFAULTS)),
        "a namespace of others": (_range(DEFAULTS, namespace="other"),),
    },
    refuses={
        "none": bad_example((SHOP,), UNBOUND),
        "elsewhere": bad_example((SHOP, _range(DEFAULTS, namespace="other")), UNBOUND),
        "no items": bad_example((SHOP, _range()), UNBOUND),
        "for volumes": bad_example((SHOP, _range({"type": "PersistentVolumeClaim", "default": AMOUNTS})), UNBOUND),
        "a ceiling for pods": bad_example((SHOP, _range({"type": "Pod", "max": AMOUNTS})), UNBOUND),
        "only a floor": bad_example((SHOP, _range({"type": "Container", "min": AMOUNTS})), UNBOUND),
        "defaults of disks": bad_example(
            (SHOP, _range({"type": "Container", "default": {"ephemeral-storage": "1Gi"}})), UNBOUND
        ),
        "empty defaults": bad_example((SHOP, _range({"type": "Container", "default": {}})), UNBOUND),
    },
)
