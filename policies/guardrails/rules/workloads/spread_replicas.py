"""Replicas are told to run on different nodes.

Fields: where `spec.replicas` is above one, the pod's `topologySpreadConstraints` must hold a constraint, or its
`affinity.podAntiAffinity` a term. Unset replicas mean one, or as many as an autoscaler wants, which this rule leaves
open. A DaemonSet's pods are on different nodes already.
"""

from guardrails.examples import a_container, declared, refusal
from guardrails.plain import Plain
from guardrails.resources import Object, Resource
from guardrails.rule import EachObject, Faults, Rule, Severity
from guardrails.workloads import Pod, pods

KINDS = frozenset(
    {"apps/Deployment", "apps/ReplicaSet", "apps/StatefulSet", "core/ReplicationController", "argoproj.io/Rollout"}
)
WRONG = "may run all its replicas on one node: its pods have neither topologySpreadConstraints nor podAntiAffinity"
ANTI = ("affinity", "podAntiAffinity")
PLACES = (
    ("topologySpreadConstraints",),
    (*ANTI, "requiredDuringSchedulingIgnoredDuringExecution"),
    (*ANTI, "preferredDuringSchedulingIgnoredDuringExecution"),
)


def check(found: Object) -> Faults:
    """Name each workload whose replicas may go down together."""
    replicas = found.read("spec", "replicas")
    if found.partial or not isinstance(replicas, int | float) or replicas <= 1:
        return
    for pod in pods(found):
        # A Rollout may refer to a Deployment's pods, which are judged there.
        if pod.plain is not None and not _may_spread(pod):
            yield found.fails(WRONG, "spec", "template", "spec", "topologySpreadConstraints")


def _may_spread(pod: Pod) -> bool:
    """It is told to, or what can't be read, and is on record, could tell it."""
    places = [pod.at(*place) for place in PLACES]
    if any(place.elements() for place in places):
        return True
    for place in places:
        place.expect(list)
    return any(place.plain is not None and not isinstance(place.plain, list) for place in places)


def _replicas(count: Plain, type_: str = "kubernetes:apps/v1:Deployment", **pod: Plain) -> tuple[Resource, ...]:
    template: Plain = {"spec": {"containers": [a_container()], **pod}}
    return (declared(type_, "marketplace", spec={"replicas": count, "template": template}),)


ZONES: list[Plain] = [
    {"maxSkew": 1, "topologyKey": "topology.kubernetes.io/zone", "whenUnsatisfiable": "DoNotSchedule"}
]
APART: dict[str, Plain] = {
    "podAntiAffinity": {
        "preferredDuringSchedulingIgnoredDuringExecution": [
            {"weight": 100, "podAffinityTerm": {"topologyKey": "kubernetes.io/hostname"}}
        ]
    }
}

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
        "spread over zones": _replicas(3, topologySpreadConstraints=ZONES),
        "kept apart": _replicas(3, affinity=APART),
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
        "neither": refusal(_replicas(3), f"Deployment shop/marketplace {WRONG}"),
        "empty lists": refusal(
            _replicas(2, topologySpreadConstraints=[], affinity={"podAntiAffinity": {}}),
            f"Deployment shop/marketplace {WRONG}",
        ),
        "affinity to nodes only": refusal(
            _replicas(2, affinity={"nodeAffinity": {}}), f"Deployment shop/marketplace {WRONG}"
        ),
        "a StatefulSet": refusal(
            _replicas(3, "kubernetes:apps/v1:StatefulSet"), f"StatefulSet shop/marketplace {WRONG}"
        ),
        "a Rollout": refusal(
            _replicas(3, "kubernetes:argoproj.io/v1alpha1:Rollout"), f"Rollout shop/marketplace {WRONG}"
        ),
        "a ReplicaSet": refusal(_replicas(3, "kubernetes:apps/v1:ReplicaSet"), f"ReplicaSet shop/marketplace {WRONG}"),
        "a ReplicationController": refusal(
            _replicas(3, "kubernetes:core/v1:ReplicationController"), f"ReplicationController shop/marketplace {WRONG}"
        ),
    },
)
