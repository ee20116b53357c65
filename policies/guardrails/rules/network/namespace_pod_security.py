"""The cluster itself refuses pods that are not restricted.

Field: the label `pod-security.kubernetes.io/enforce` of each `Namespace` is `restricted`. `warn` and `audit` let pods
in, so they don't count. A patch that does not touch the label is left alone.
"""

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.model.findings import Violations
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain
from guardrails.rule import EachObject, Rule, Severity

ENFORCE = "pod-security.kubernetes.io/enforce"
PROBLEM = "does not enforce the Pod Security level restricted"


def check(namespace: Object) -> Violations:
    """Name each namespace that lets other pods in."""
    if namespace.is_not("metadata", "labels", ENFORCE, value="restricted"):
        yield namespace.fails(PROBLEM, "metadata", "labels", ENFORCE)


def _namespaces(labels: Plain) -> tuple[Resource, ...]:
    # As a list: the rule reads labels, and those of the list are nobody's.
    item: Plain = {"metadata": {"name": "shop", "labels": labels}}
    return (declared("kubernetes:core/v1:NamespaceList", "all", namespace=None, items=[item]),)


def _namespace(type_: str, labels: Plain) -> tuple[Resource, ...]:
    return (declared(f"kubernetes:core/v1:{type_}", "shop", metadata={"name": "shop", "labels": labels}),)


OPEN = f"Namespace shop {PROBLEM}"

RULE = Rule(
    id="namespace-pod-security",
    title="Namespaces enforce the Pod Security level restricted",
    why="These rules see what this stack makes; the label also stops what others make in the namespace.",
    fix=f"Label the namespace {ENFORCE}: restricted, as the component Namespace does.",
    severity=Severity.HIGH,
    covers=("production:15", "go-live-readiness:101", "go-live-readiness:16"),
    kinds=frozenset({"core/Namespace"}),
    check=EachObject(check),
    allows={
        "restricted": _namespace("Namespace", {ENFORCE: "restricted"}),
        "in a list": _namespaces({ENFORCE: "restricted", "team": "shop"}),
        "a patch of something else": _namespace("NamespacePatch", {"team": "shop"}),
    },
    refuses={
        "no labels": bad_example(_namespaces(None), OPEN),
        "no such label": bad_example(_namespaces({"team": "shop"}), OPEN),
        "baseline": bad_example(_namespaces({ENFORCE: "baseline"}), OPEN),
        "privileged": bad_example(_namespaces({ENFORCE: "privileged"}), OPEN),
        "only a warning": bad_example(_namespaces({"pod-security.kubernetes.io/warn": "restricted"}), OPEN),
        "empty": bad_example(_namespaces({ENFORCE: ""}), OPEN),
    },
)
