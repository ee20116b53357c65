"""A disruption budget leaves room below the smallest number of pods.

`spec.minAvailable` of a `PodDisruptionBudget` must be less than the pods that its selector is sure to find: the
`spec.replicas` of each selected Deployment, StatefulSet, ReplicaSet or Rollout (1 unless set), or where an autoscaler
scales it the autoscaler's `minReplicas`. A share is rounded up, as the cluster does, so "50%" of one pod is one pod.
`maxUnavailable` always leaves room, see `disruption-budget-yields`. Budgets that select anything else are left alone.
"""

from collections.abc import Sequence

from guardrails.examples.kubernetes import bad_example, declared, running
from guardrails.kubernetes.inventory import Inventory
from guardrails.kubernetes.pods import WORKLOADS
from guardrails.kubernetes.selectors import by_selector
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.quantities import share
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import Rule, Severity, WholeStack

BUDGET, SCALER = "policy/PodDisruptionBudget", "autoscaling/HorizontalPodAutoscaler"
COUNTED = frozenset({"apps/Deployment", "apps/ReplicaSet", "apps/StatefulSet", "argoproj.io/Rollout"})
LEAST = ("spec", "minAvailable")


def check(stack: Inventory) -> Violations:
    """Name each budget that a drain could not keep at the smallest size."""
    templates, scalers = stack.templates, stack.scalers
    for budget in stack:
        if budget.id != BUDGET or budget.partial or budget.at(*LEAST).plain is None:
            continue
        selector = budget.at("spec", "selector")
        obj = list(templates.matching(budget, selector, by_selector, labels=selector.at("matchLabels")))
        least = budget.read(*LEAST)
        if not obj or isinstance(least, Unknown) or any(template.owner.id not in COUNTED for template, _ in obj):
            continue
        doubts = [doubt for _, match in obj for doubt in match.doubts]
        pods = 0
        for template, _ in obj:
            smallest, unknown = scalers.smallest(template.owner)
            pods += smallest
            doubts += unknown
        yield from _judge(budget, least, pods, doubts)


def _judge(budget: Object, least: object, pods: int, doubts: Sequence[Node]) -> Violations:
    if doubts:
        yield from (doubt.undecided() for doubt in doubts)
    elif share(least, pods) >= pods > 0:
        yield budget.fails(f"needs {least} of {pods} pods, so none may go", *LEAST)


def _budget(least: Plain) -> Resource:
    spec: Plain = {"minAvailable": least, "selector": {"matchLabels": {"app": "api"}}}
    return declared("kubernetes:policy/v1:PodDisruptionBudget", "api", spec=spec)


def _scaler(least: Plain, name: str = "api") -> Resource:
    target: Plain = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}
    spec: Plain = {"scaleTargetRef": target, "minReplicas": least, "maxReplicas": 6}
    return declared("kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "api", spec=spec)


def _blocks(least: object, pods: int) -> str:
    return f"PodDisruptionBudget shop/api needs {least} of {pods} pods, so none may go"


RULE = Rule(
    id="disruption-budget-leaves-room",
    title="Disruption budgets leave room at the smallest size",
    why="At night the autoscaler goes down to its minimum, and then no node can be drained.",
    fix="Use maxUnavailable: 1, as ServiceDeployment does, or a minAvailable below replicas.min in capacity.<service>.",
    severity=Severity.MEDIUM,
    covers=("go-live-readiness:224", "production:50", "go-live-readiness:150"),
    kinds=frozenset({BUDGET, SCALER}) | WORKLOADS,
    check=WholeStack(check),
    allows={
        "fewer than there are": (_budget(1), running(replicas=2)),
        "fewer than the autoscaler keeps": (_budget(1), running(), _scaler(2)),
        "a share": (_budget("50%"), running(replicas=3)),
        "nothing selected": (_budget(3),),
    },
    refuses={
        "as many": bad_example((_budget(2), running(replicas=2)), _blocks(2, 2)),
        "one of one": bad_example((_budget(1), running()), _blocks(1, 1)),
        "as many as the autoscaler keeps": bad_example((_budget(2), running(replicas=5), _scaler(2)), _blocks(2, 2)),
        "an autoscaler that says nothing": bad_example((_budget(1), running(replicas=5), _scaler(None)), _blocks(1, 1)),
        "a share that rounds up": bad_example((_budget("50%"), running(replicas=1)), _blocks("50%", 1)),
        "an autoscaler of something else": bad_example(
            (_budget(2), running(replicas=2), _scaler(5, "web")), _blocks(2, 2)
        ),
    },
)
