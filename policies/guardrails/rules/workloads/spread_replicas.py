"""Replicas are told to run on different nodes.

Fields: where `spec.replicas` is above one, the pod's `topologySpreadConstraints` must hold a constraint, or its
`affinity.podAntiAffinity` a term, whose `labelSelector` selects the pod's own labels: others keep it away from other
pods, or from none. Unset replicas mean one, or as many as an autoscaler wants, which this rule leaves open.
A DaemonSet's pods are on different nodes already.
"""

from collections.abc import Iterator

from guardrails.examples.kubernetes import a_container, bad_example, declared
from guardrails.kubernetes.pod_templates import metadata
from guardrails.kubernetes.pods import Pod, pods
from guardrails.kubernetes.selectors import by_selector
from guardrails.model.answer import Answer, doubtful, either
from guardrails.model.findings import Violations
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain
from guardrails.rule import EachObject, Rule, Severity

KINDS = frozenset(
    {"apps/Deployment", "apps/ReplicaSet", "apps/StatefulSet", "core/ReplicationController", "argoproj.io/Rollout"}
)
PROBLEM = (
    "may run all its replicas on one node: its pods have neither topologySpreadConstraints nor podAntiAffinity "
    "that selects them"
)
ANTI = ("affinity", "podAntiAffinity")
PLACES = (
    (("topologySpreadConstraints",), ("labelSelector",)),
    ((*ANTI, "requiredDuringSchedulingIgnoredDuringExecution"), ("labelSelector",)),
    ((*ANTI, "preferredDuringSchedulingIgnoredDuringExecution"), ("podAffinityTerm", "labelSelector")),
)
"""Each list that can keep pods apart, and where its items say which ones."""


def check(obj: Object) -> Violations:
    """Name each workload whose replicas may go down together."""
    replicas = obj.read("spec", "replicas")
    if obj.partial or not isinstance(replicas, int | float) or replicas <= 1:
        return
    for pod in pods(obj):
        # A Rollout may refer to a Deployment's pods, which are judged there.
        if pod.plain is not None:
            apart = obj.fails(PROBLEM, "spec", "template", "spec", "topologySpreadConstraints")
            yield from either(_spreading(pod)).unless(apart)


def _spreading(pod: Pod) -> Iterator[Answer]:
    """Whether each constraint and each term is about the pod itself."""
    labels = metadata(pod).at("labels")
    for place, selector in PLACES:
        listed = pod.at(*place)
        if listed.plain is not None and not isinstance(listed.plain, list):
            yield doubtful(listed)
        for each in listed.elements():
            yield by_selector(each.at(*selector), labels)


def _replicas(count: Plain, type_: str = "kubernetes:apps/v1:Deployment", **pod: Plain) -> tuple[Resource, ...]:
    template: Plain = {"metadata": {"labels": {"app": "api"}}, "spec": {"containers": [a_container()], **pod}}
    return (declared(type_, "marketplace", spec={"replicas": count, "template": template}),)


def _zones(app: str) -> list[Plain]:
    selector: Plain = {"matchLabels": {"app": app}}
    topology: dict[str, Plain] = {"topologyKey": "topology.kubernetes.io/zone", "whenUnsatisfiable": "DoNotSchedule"}
    return [{"maxSkew": 1, "labelSelector": selector, **topology}]


def _apart(app: str, *, required: bool = False) -> dict[str, Plain]:
    selector: Plain = {"matchLabels": {"app": app}}
    term: dict[str, Plain] = {"topologyKey": "kubernetes.io/hostname", "labelSelector": selector}
    if required:
        return {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}
    preferred: Plain = [{"weight": 100, "podAffinityTerm": term}]
    return {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": preferred}}


RULE = Rule(
    id="spread-replicas",
    title="Replicas run on different nodes",
    why="Replicas on one node go down with it, and then there might as well have been one.",
    fix="Add topologySpreadConstraints over zones and nodes to the pod's spec.",
    severity=Severity.MEDIUM,
    covers=("production:50", "production:127", "new-services:269", "go-live-readiness:224"),
    kinds=KINDS,
    check=EachObject(check),
    allows={
        "spread over zones": _replicas(3, topologySpreadConstraints=_zones("api")),
        "kept apart": _replicas(3, affinity=_apart("api")),
        "kept apart in any case": _replicas(3, affinity=_apart("api", required=True)),
        "one of two": _replicas(3, topologySpreadConstraints=_zones("web"), affinity=_apart("api")),
        "one replica": _replicas(1),
        "unset replicas": _replicas(None),
        "a Rollout of another's pods": (
            declared(
                "kubernetes:argoproj.io/v1alpha1:Rollout",
                "marketplace",
                spec={"replicas": 3, "workloadRef": {"kind": "Deployment", "name": "marketplace"}},
            ),
        ),
    },
    refuses={
        "neither": bad_example(_replicas(3), f"Deployment shop/marketplace {PROBLEM}"),
        "empty lists": bad_example(
            _replicas(2, topologySpreadConstraints=[], affinity={"podAntiAffinity": {}}),
            f"Deployment shop/marketplace {PROBLEM}",
        ),
        "spread among others": bad_example(
            _replicas(3, topologySpreadConstraints=_zones("web")), f"Deployment shop/marketplace {PROBLEM}"
        ),
        "spread among none": bad_example(
            _replicas(3, topologySpreadConstraints=[{"maxSkew": 1, "topologyKey": "kubernetes.io/hostname"}]),
            f"Deployment shop/marketplace {PROBLEM}",
        ),
        "kept away from others": bad_example(
            _replicas(3, affinity=_apart("db", required=True)), f"Deployment shop/marketplace {PROBLEM}"
        ),
        "affinity to nodes only": bad_example(
            _replicas(2, affinity={"nodeAffinity": {}}), f"Deployment shop/marketplace {PROBLEM}"
        ),
        "a StatefulSet": bad_example(
            _replicas(3, "kubernetes:apps/v1:StatefulSet"), f"StatefulSet shop/marketplace {PROBLEM}"
        ),
        "a Rollout": bad_example(
            _replicas(3, "kubernetes:argoproj.io/v1alpha1:Rollout"), f"Rollout shop/marketplace {PROBLEM}"
        ),
        "a ReplicaSet": bad_example(
            _replicas(3, "kubernetes:apps/v1:ReplicaSet"), f"ReplicaSet shop/marketplace {PROBLEM}"
        ),
        "a ReplicationController": bad_example(
            _replicas(3, "kubernetes:core/v1:ReplicationController"),
            f"ReplicationController shop/marketplace {PROBLEM}",
        ),
    },
)
