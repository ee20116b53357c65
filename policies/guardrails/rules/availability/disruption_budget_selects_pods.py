"""A disruption budget protects pods that exist.

The `spec.selector` of a `PodDisruptionBudget` must match the labels of a pod that the stack runs in the same namespace.
In `policy/v1` an empty selector means every pod of the namespace, and an absent one none. The pods of an operator's
object, such as a database cluster, are taken to match when `matchLabels` name it.
"""

from guardrails.examples.kubernetes import bad_example, declared, running
from guardrails.kubernetes.inventory import Inventory
from guardrails.kubernetes.pods import WORKLOADS
from guardrails.kubernetes.selectors import by_selector
from guardrails.model.answer import either
from guardrails.model.findings import Violations
from guardrails.model.resources import Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import Rule, Severity, WholeStack

PROBLEM = "protects no pod of its namespace"


def check(stack: Inventory) -> Violations:
    """Name each budget that protects nothing."""
    templates, operators = stack.templates, stack.operators
    for budget in stack:
        if budget.id != "policy/PodDisruptionBudget" or budget.partial:
            continue
        selector = budget.at("spec", "selector")
        if isinstance(selector.record_unknown(), Unknown):
            continue
        labels = selector.at("matchLabels")
        obj = [match for _, match in templates.matching(budget, selector, by_selector, labels=labels)]
        obj += operators.answering(budget, labels)
        yield from either(obj).unless(budget.fails(PROBLEM, "spec", "selector"))


def _budget(selector: Plain) -> Resource:
    return declared("kubernetes:policy/v1:PodDisruptionBudget", "api", spec={"maxUnavailable": 1, "selector": selector})


APP: Plain = {"matchLabels": {"app": "api"}}
NOBODY = f"PodDisruptionBudget shop/api {PROBLEM}"

RULE = Rule(
    id="disruption-budget-selects-pods",
    title="Disruption budgets select pods that exist",
    why="A budget that selects nothing looks like protection, and a drain takes every replica at once.",
    fix="Give the selector the labels of the pods: app.kubernetes.io/name with the service's name.",
    severity=Severity.MEDIUM,
    covers=("go-live-readiness:224", "production:50"),
    kinds=frozenset({"policy/PodDisruptionBudget"}) | WORKLOADS,
    check=WholeStack(check),
    allows={
        "a Deployment": (_budget(APP), running({"app": "api"})),
        "a Rollout": (_budget(APP), running({"app": "api"}, type_="kubernetes:argoproj.io/v1alpha1:Rollout")),
        "an expression": (
            _budget({"matchExpressions": [{"key": "app", "operator": "In", "values": ["api", "web"]}]}),
            running({"app": "api"}),
        ),
        "every pod": (_budget({}), running({"app": "api"})),
        "an operator's pods": (
            _budget({"matchLabels": {"strimzi.io/cluster": "events", "strimzi.io/kind": "Kafka"}}),
            declared("kubernetes:kafka.strimzi.io/v1beta2:Kafka", "events", spec={"kafka": {}}),
        ),
    },
    refuses={
        "no pods": bad_example((_budget(APP),), NOBODY),
        "other labels": bad_example((_budget(APP), running({"app": "web"})), NOBODY),
        "another namespace": bad_example((_budget(APP), running({"app": "api"}, namespace="other")), NOBODY),
        "another of the operator's": bad_example(
            (
                _budget({"matchLabels": {"strimzi.io/cluster": "events"}}),
                declared("kubernetes:kafka.strimzi.io/v1beta2:Kafka", "orders", spec={"kafka": {}}),
            ),
            NOBODY,
        ),
        "no selector": bad_example((_budget(None), running({"app": "api"})), NOBODY),
        "an empty namespace": bad_example((_budget({}), running({"app": "api"}, namespace="other")), NOBODY),
    },
)
