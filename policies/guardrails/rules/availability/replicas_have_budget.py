"""Workloads of several replicas have a disruption budget.

Where a Deployment, StatefulSet, ReplicaSet, ReplicationController or Rollout is sure to have two pods or more, by
`spec.replicas` or by its autoscaler's `minReplicas`, a `PodDisruptionBudget` of its namespace must select the pods. A
number that is not known counts as more than one. A budget that lets all of them go, by a `minAvailable` of 0 or a
`maxUnavailable` of all, is none. A Rollout with a `workloadRef` runs the pods of that workload. The
pods of a DaemonSet no drain evicts.
"""

from collections import defaultdict

from guardrails.examples.kubernetes import bad_example, declared, running
from guardrails.kubernetes.autoscalers import SCALER
from guardrails.kubernetes.inventory import Inventory
from guardrails.kubernetes.pods import WORKLOADS
from guardrails.kubernetes.selectors import by_selector
from guardrails.model.answer import Answer, doubtful, either
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.quantities import share
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import Rule, Severity, WholeStack

BUDGET = "policy/PodDisruptionBudget"
REPLICATED = frozenset(
    {"apps/Deployment", "apps/ReplicaSet", "apps/StatefulSet", "argoproj.io/Rollout", "core/ReplicationController"}
)
REFERENCE = ("spec", "workloadRef")
ENOUGH = 2
PROBLEM = "may lose all its pods to one drain: no PodDisruptionBudget of its namespace selects them"

LETS_GO = "may lose all its pods to one drain: the PodDisruptionBudget that selects them keeps none back"


def check(stack: Inventory) -> Violations:
    """Name each workload that nothing protects."""
    protecting = _protecting(stack)
    for workload in stack.of(*sorted(REPLICATED)):
        count, unknown = stack.scalers.smallest(workload)
        if count < ENOUGH and not unknown:
            continue
        owners, doubts = _owners(stack, workload)
        near = [each for owner in owners for each in protecting.get(owner.place, ())]
        # What is kept of two is kept of more, so two stands for a number that is not known.
        kept = either(match & _keeps_some(budget, ENOUGH if unknown else count) for budget, match in near)
        if doubts or (unknown and not kept.certain):
            yield from (place.undecided() for place in (*doubts, *unknown, *kept.doubts))
        elif owners:
            yield from either([kept]).unless(workload.fails(LETS_GO if near else PROBLEM))


def _keeps_some(budget: Object, pods: int) -> Answer:
    """The budget holds at least one of so many pods back."""
    most, least = budget.at("spec", "maxUnavailable"), budget.at("spec", "minAvailable")
    unknown = [place for place in (most, least) if isinstance(place.plain, Unknown)]
    if unknown:
        return doubtful(*unknown)
    if most.plain is not None:
        return Answer(possible=share(most.plain, pods) < pods)
    return Answer(possible=least.plain is None or share(least.plain, pods) > 0)


def _protecting(stack: Inventory) -> dict[tuple[str, str], list[tuple[Object, Answer]]]:
    """The budgets that may select a workload's pods, by the workload's place."""
    obj: defaultdict[tuple[str, str], list[tuple[Object, Answer]]] = defaultdict(list)
    for budget in stack.of(BUDGET):
        selector = budget.at("spec", "selector")
        matching = stack.templates.matching(budget, selector, by_selector, labels=selector.at("matchLabels"))
        for template, match in matching:
            obj[template.owner.place].append((budget, match))
    return obj


def _owners(stack: Inventory, workload: Object) -> tuple[list[Object], list[Node]]:
    """The objects whose template the workload's pods come from, and what keeps us from knowing them.

    One of another stack nobody can judge.
    """
    reference = workload.at(*REFERENCE)
    if reference.plain is None:
        return [workload], []
    kind, name = reference.at("kind"), reference.at("name")
    doubts = [place for place in (kind, name) if isinstance(place.plain, Unknown)]
    id_ = "core/PodTemplate" if kind.plain == "PodTemplate" else f"apps/{kind.plain}"
    obj = [] if doubts else list(stack.name_index.known_as(id_, name, workload.at("metadata", "namespace")))
    certain = [each for each, match in obj if match.certain]
    return certain, doubts or ([] if certain else [doubt for _, match in obj for doubt in match.doubts])


def _budget(labels: Plain = None, namespace: str = "shop", **amount: Plain) -> Resource:
    selector: Plain = {"matchLabels": {"app": "api"} if labels is None else labels}
    spec: Plain = {**(amount or {"maxUnavailable": 1}), "selector": selector}
    return declared("kubernetes:policy/v1:PodDisruptionBudget", "api", namespace=namespace, spec=spec)


def _scaler(least: Plain) -> Resource:
    target: Plain = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "api"}
    spec: Plain = {"scaleTargetRef": target, "minReplicas": least, "maxReplicas": 6}
    return declared("kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "api", spec=spec)


def _borrowing(replicas: int) -> Resource:
    reference: Plain = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "api"}
    spec: Plain = {"replicas": replicas, "workloadRef": reference}
    return declared("kubernetes:argoproj.io/v1alpha1:Rollout", "borrowing", spec=spec)


TYPES = ("apps/v1:ReplicaSet", "apps/v1:StatefulSet", "argoproj.io/v1alpha1:Rollout", "core/v1:ReplicationController")
LOOSE = f"Deployment shop/api {LETS_GO}"
LOST = f"Deployment shop/api {PROBLEM}"

RULE = Rule(
    id="replicas-have-budget",
    title="Workloads of several replicas have a disruption budget",
    why="A drain, or an upgrade of the nodes, may evict all replicas at the same moment, however many there are.",
    fix="Add a PodDisruptionBudget with the pods' labels and maxUnavailable: 1, as ServiceDeployment does.",
    severity=Severity.MEDIUM,
    covers=("go-live-readiness:224", "production:50", "production:127"),
    kinds=frozenset({BUDGET, SCALER}) | WORKLOADS,
    check=WholeStack(check),
    allows={
        "a budget": (running(replicas=3), _budget()),
        "a budget for every pod": (running(replicas=3), _budget({})),
        "a budget by what stays": (running(replicas=2), _budget(minAvailable=1)),
        "a budget of shares": (running(replicas=2), _budget(maxUnavailable="50%")),
        "one replica": (running(replicas=1),),
        "unset replicas": (running(),),
        "a DaemonSet": (running(type_="kubernetes:apps/v1:DaemonSet"),),
        "an autoscaler that keeps one": (running(), _scaler(1)),
        "another's pods": (running(replicas=0), _borrowing(3), _budget()),
    },
    refuses={
        "no budget": bad_example((running(replicas=2),), LOST),
        "a budget for others": bad_example((running(replicas=2), _budget({"app": "web"})), LOST),
        "a budget that keeps none": bad_example((running(replicas=2), _budget(minAvailable=0)), LOOSE),
        "a budget that keeps no share": bad_example((running(replicas=2), _budget(minAvailable="0%")), LOOSE),
        "a budget of all": bad_example((running(replicas=2), _budget(maxUnavailable="100%")), LOOSE),
        "a budget of as many": bad_example((running(replicas=3), _budget(maxUnavailable=3)), LOOSE),
        "a budget that is rounded up to all": bad_example((running(replicas=2), _budget(maxUnavailable="51%")), LOOSE),
        "a budget elsewhere": bad_example((running(replicas=2), _budget(namespace="other")), LOST),
        "an autoscaler that keeps two": bad_example((running(), _scaler(2)), LOST),
        "another's pods": bad_example((running(replicas=0), _borrowing(3)), f"Rollout shop/borrowing {PROBLEM}"),
        **{
            f"{type_} too": bad_example(
                (running(type_=f"kubernetes:{type_}", replicas=2),), f"{type_.rpartition(':')[2]} shop/api {PROBLEM}"
            )
            for type_ in TYPES
        },
    },
)
