"""Every namespace of the stack has a ceiling on what it may use.

For each `Namespace` that the stack makes there is a `ResourceQuota` in it whose `spec.hard` names an amount of CPU, of
memory or of pods; a quota of other objects alone bounds nothing that pods use.
A quota with `scopes` or a `scopeSelector` bounds only some of the pods and does not count.
"""

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.kubernetes.inventory import Inventory
from guardrails.kubernetes.namespaces import lacking
from guardrails.model.answer import NO, YES, Answer, doubtful, either, is_set
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain
from guardrails.rule import Rule, Severity, WholeStack

BOUNDS = ("cpu", "limits.cpu", "requests.cpu", "memory", "limits.memory", "requests.memory", "pods", "count/pods")
NAMESPACE, QUOTA = "core/Namespace", "core/ResourceQuota"
PROBLEM = "has no resource quota"


def check(stack: Inventory) -> Violations:
    """Name each namespace that may use the whole cluster."""
    yield from lacking(stack, QUOTA, _bounds, PROBLEM)


def _bounds(quota: Object) -> Answer:
    hard = quota.at("spec", "hard")
    match = _empty(quota.at("spec", "scopes")) & _empty(quota.at("spec", "scopeSelector"))
    if hard.plain is None:
        return NO
    if not isinstance(hard.plain, dict):
        return match & doubtful(hard)
    return match & either(is_set(hard.at(name)) for name in BOUNDS)


def _empty(scopes: Node) -> Answer:
    if scopes.plain in (None, [], {}):
        return YES
    return NO if isinstance(scopes.plain, list | dict) else doubtful(scopes)


def _quota(hard: Plain, namespace: Plain = "shop", **more: Plain) -> Resource:
    metadata: Plain = {"name": "quota", "namespace": namespace}
    return declared("kubernetes:core/v1:ResourceQuota", "quota", metadata=metadata, spec={"hard": hard, **more})


SHOP = declared("kubernetes:core/v1:Namespace", "shop", namespace=None)
HARD: Plain = {"pods": "54", "limits.memory": "8Gi"}
UNBOUND = f"Namespace shop {PROBLEM}"

RULE = Rule(
    id="namespace-quota",
    title="Namespaces have a resource quota",
    why="Without a ceiling one product's mistake takes the nodes away from all others.",
    fix="Add a ResourceQuota with spec.hard to the namespace; the component Namespace makes one from capacity.",
    severity=Severity.MEDIUM,
    covers=("new-services:204", "signal-service-v2:22", "production:6"),
    kinds=frozenset({NAMESPACE, QUOTA}),
    check=WholeStack(check),
    allows={
        "a quota": (SHOP, _quota(HARD)),
        "of pods alone": (SHOP, _quota({"pods": "54"})),
        "one of two": (SHOP, _quota({}), _quota(HARD)),
        "a namespace of others": (_quota(HARD, namespace="other"),),
    },
    refuses={
        "none": bad_example((SHOP,), UNBOUND),
        "elsewhere": bad_example((SHOP, _quota(HARD, namespace="other")), UNBOUND),
        "an empty one": bad_example((SHOP, _quota({})), UNBOUND),
        "null": bad_example((SHOP, _quota(None)), UNBOUND),
        "only of objects": bad_example((SHOP, _quota({"configmaps": "10", "count/secrets": "5"})), UNBOUND),
        "for some pods": bad_example((SHOP, _quota(HARD, scopes=["BestEffort"])), UNBOUND),
    },
)
