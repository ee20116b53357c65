"""Workloads that serve others run two pods or more, or as many as an autoscaler wants.

A Deployment, a ReplicaSet, a ReplicationController or a Rollout whose pods a Service of the stack selects must have
`spec.replicas` of two at least (1 unless set), or a `HorizontalPodAutoscaler` or KEDA's `ScaledObject` that scales it.
`replicas: 0` says that nobody is to be served. How many pods a StatefulSet can have is a matter of what it stores, so
it is left alone, and so is a Deployment that only lends its template to a Rollout.
"""

from collections import defaultdict

from guardrails.examples.kubernetes import bad_example, declared, running
from guardrails.kubernetes.autoscalers import SCALER
from guardrails.kubernetes.inventory import Inventory
from guardrails.kubernetes.pod_templates import selecting
from guardrails.kubernetes.pods import WORKLOADS
from guardrails.kubernetes.selectors import by_labels, same_namespace
from guardrails.model.answer import YES, Answer, doubtful, either, one_of
from guardrails.model.findings import Violations
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import Rule, Severity, WholeStack

SERVICE = "core/Service"
SERVING = frozenset({"apps/Deployment", "apps/ReplicaSet", "argoproj.io/Rollout", "core/ReplicationController"})
ROLLOUT, KEDA, DEPLOYMENT = "argoproj.io/Rollout", "keda.sh/ScaledObject", "apps/Deployment"
SIZING = {ROLLOUT: "workloadRef", KEDA: "scaleTargetRef"}
"""Objects that say how many pods a Deployment has, and where they name it; KEDA's need not say the kind."""
ENOUGH = 2
PROBLEM = "serves from a single pod: its replicas do not say two, and no autoscaler scales it"


def check(stack: Inventory) -> Violations:
    """Name each workload whose one pod a drain takes away from its callers."""
    elsewhere = _sized_elsewhere(stack)
    for workload, matches in _served(stack):
        count, unknown = stack.scalers.smallest(workload)
        if workload.at("spec", "replicas").plain == 0 or (count >= ENOUGH and not unknown):
            continue
        served, sized = either(matches), either(elsewhere.get(workload.place, ()))
        if sized.certain or either(match for _, match in stack.scalers.of(workload)).certain:
            continue
        doubts = (*unknown, *served.doubts, *sized.doubts)
        if not doubts:
            yield workload.fails(PROBLEM, "spec", "replicas")
        yield from (doubt.undecided() for doubt in doubts)


def _served(stack: Inventory) -> list[tuple[Object, list[Answer]]]:
    """The workloads that Services may select."""
    obj: defaultdict[tuple[str, str], list[Answer]] = defaultdict(list)
    owners: dict[tuple[str, str], Object] = {}
    for service, selector in selecting(stack.of(SERVICE)):
        for template, match in stack.templates.matching(service, selector, by_labels):
            if template.owner.id in SERVING:
                owners[template.owner.place] = template.owner
                obj[template.owner.place].append(match)
    return [(owners[place], matches) for place, matches in obj.items()]


def _sized_elsewhere(stack: Inventory) -> dict[tuple[str, str], list[Answer]]:
    """The workloads whose number of pods another object may say."""
    obj: defaultdict[tuple[str, str], list[Answer]] = defaultdict(list)
    for sizing, field in SIZING.items():
        for sizer in stack.of(sizing):
            kind, name = (sizer.at("spec", field, key) for key in ("kind", "name"))
            named = YES if kind.plain is None else one_of(kind, "Deployment")
            if isinstance(name.plain, Unknown):
                near = [(each, doubtful(name) & same_namespace(sizer, each)) for each in stack.of(DEPLOYMENT)]
            else:
                near = list(stack.name_index.known_as(DEPLOYMENT, name, sizer.at("metadata", "namespace")))
            for sized, match in near:
                obj[sized.place].append(match & named)
    return obj


def _service(type_: Plain = None, app: Plain = "api") -> Resource:
    return declared("kubernetes:core/v1:Service", "api", spec={"type": type_, "selector": {"app": app}})


def _scaler(least: Plain, name: Plain = "api") -> Resource:
    target: Plain = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}
    spec: Plain = {"scaleTargetRef": target, "minReplicas": least, "maxReplicas": 6}
    return declared("kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "api", spec=spec)


def _borrowing() -> Resource:
    reference: Plain = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "api"}
    spec: Plain = {"replicas": 3, "workloadRef": reference}
    return declared("kubernetes:argoproj.io/v1alpha1:Rollout", "borrowing", spec=spec)


def _scaled_object(name: str) -> Resource:
    return declared("kubernetes:keda.sh/v1alpha1:ScaledObject", "api", spec={"scaleTargetRef": {"name": name}})


ALONE = f"Deployment shop/api {PROBLEM}"
TYPES = ("apps/v1:ReplicaSet", "argoproj.io/v1alpha1:Rollout", "core/v1:ReplicationController")

RULE = Rule(
    id="serving-is-replicated",
    title="Workloads that serve others have more than one pod or an autoscaler",
    why="A drain, a crash or a lost node takes the only pod away, and its callers have nobody to call.",
    fix="Set spec.replicas to 2 or more, or add a HorizontalPodAutoscaler, as ServiceDeployment does.",
    severity=Severity.MEDIUM,
    covers=("go-live-readiness:150", "optibid:70", "production:50"),
    kinds=frozenset({SERVICE, SCALER, KEDA}) | WORKLOADS,
    check=WholeStack(check),
    allows={
        "two": (running(replicas=2), _service()),
        "an autoscaler": (running(), _service(), _scaler(2)),
        "an autoscaler that may keep one": (running(replicas=1), _service(), _scaler(1)),
        "a ScaledObject": (running(), _service(), _scaled_object("api")),
        "one that serves nobody": (running(replicas=1),),
        "one whose Service selects others": (running(replicas=1), _service(app="web")),
        "switched off": (running(replicas=0), _service()),
        "a store": (running(type_="kubernetes:apps/v1:StatefulSet"), _service()),
        "a template for a Rollout": (running(), _borrowing(), _service()),
    },
    refuses={
        "one": bad_example((running(replicas=1), _service()), ALONE),
        "unset": bad_example((running(), _service()), ALONE),
        "an autoscaler of another": bad_example((running(), _service(), _scaler(2, "web")), ALONE),
        "a ScaledObject of another": bad_example((running(), _service(), _scaled_object("web")), ALONE),
        **{
            f"{type_} too": bad_example(
                (running(type_=f"kubernetes:{type_}"), _service()), f"{type_.rpartition(':')[2]} shop/api {PROBLEM}"
            )
            for type_ in TYPES
        },
    },
)
