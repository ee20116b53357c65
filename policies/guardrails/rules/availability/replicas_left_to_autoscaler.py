"""A workload that an autoscaler scales leaves its number of replicas to it.

Fields: where a `HorizontalPodAutoscaler` of the same namespace names a workload in `scaleTargetRef`, that workload's
`spec.replicas` is unset.
"""

from guardrails.examples.kubernetes import bad_example, declared, running
from guardrails.kubernetes.autoscalers import SCALER
from guardrails.kubernetes.inventory import Inventory
from guardrails.kubernetes.pods import WORKLOADS
from guardrails.model.findings import Violations
from guardrails.model.resources import Resource
from guardrails.model.values import Plain
from guardrails.rule import Rule, Severity, WholeStack

PROBLEM = "sets its replicas, which an autoscaler sets as well"


def check(stack: Inventory) -> Violations:
    """Name each workload that two writers scale."""
    scalers = stack.scalers
    for workload in stack:
        if workload.id not in WORKLOADS or workload.partial or workload.at("spec", "replicas").plain is None:
            continue
        for _, match in scalers.of(workload):
            if match.certain and workload.read("spec", "replicas") is not None:
                yield workload.fails(PROBLEM, "spec", "replicas")
            yield from (doubt.undecided() for doubt in match.doubts)


def _scaler(name: str = "api", namespace: str = "shop", kind: str = "Deployment") -> Resource:
    target: Plain = {"apiVersion": "apps/v1", "kind": kind, "name": name}
    spec: Plain = {"scaleTargetRef": target, "minReplicas": 2, "maxReplicas": 6}
    return declared("kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "api", namespace=namespace, spec=spec)


FOUGHT = f"Deployment shop/api {PROBLEM}"

RULE = Rule(
    id="replicas-left-to-autoscaler",
    title="Autoscaled workloads set no replicas",
    why="Each deployment would throw away what the autoscaler had decided, in the middle of the busiest hour.",
    fix="Remove spec.replicas from the workload; the autoscaler's minReplicas says how many there are at least.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:150", "optibid:70"),
    kinds=frozenset({SCALER}) | WORKLOADS,
    check=WholeStack(check),
    allows={
        "unset": (running(), _scaler()),
        "nobody scales it": (running(replicas=3),),
        "another workload's": (running(replicas=3), _scaler("web")),
        "another namespace's": (running(replicas=3), _scaler(namespace="other")),
        "another kind's": (running(replicas=3), _scaler(kind="StatefulSet")),
    },
    refuses={
        "both": bad_example((running(replicas=3), _scaler()), FOUGHT),
        "even one": bad_example((running(replicas=1), _scaler()), FOUGHT),
        "a Rollout": bad_example(
            (running(type_="kubernetes:argoproj.io/v1alpha1:Rollout", replicas=2), _scaler(kind="Rollout")),
            f"Rollout shop/api {PROBLEM}",
        ),
    },
)
