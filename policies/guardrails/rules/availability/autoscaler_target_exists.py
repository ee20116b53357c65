"""An autoscaler scales something that exists.

The `spec.scaleTargetRef` of a `HorizontalPodAutoscaler` must name an object of the stack in the same namespace, by
`kind`, `name` and the group of `apiVersion`, which may be absent. A Rollout is a target like any other.
"""

from guardrails.examples.kubernetes import bad_example, declared, running
from guardrails.kubernetes.inventory import Inventory
from guardrails.kubernetes.pods import WORKLOADS
from guardrails.model.answer import either
from guardrails.model.findings import Violations
from guardrails.model.resources import Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import Rule, Severity, WholeStack

SCALER = "autoscaling/HorizontalPodAutoscaler"
TARGET = ("spec", "scaleTargetRef")
PROBLEM = "scales nothing: the stack has no such target in its namespace"


def check(stack: Inventory) -> Violations:
    """Name each autoscaler without a target."""
    name_index = stack.name_index
    for scaler in stack:
        if scaler.id != SCALER or scaler.partial:
            continue
        kind, name = scaler.at(*TARGET, "kind"), scaler.at(*TARGET, "name")
        if isinstance(kind.record_unknown(), Unknown) or isinstance(name.record_unknown(), Unknown):
            continue
        obj = name_index.called(scaler, scaler.at(*TARGET, "apiVersion"), kind, name)
        yield from either(obj).unless(scaler.fails(PROBLEM, *TARGET))


def _scaler(kind: Plain = "Deployment", name: Plain = "api", api_version: Plain = "apps/v1") -> Resource:
    target: Plain = {"apiVersion": api_version, "kind": kind, "name": name}
    spec: Plain = {"scaleTargetRef": target, "minReplicas": 2, "maxReplicas": 6}
    return declared("kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "api", spec=spec)


NOTHING = f"HorizontalPodAutoscaler shop/api {PROBLEM}"
ROLLOUT = "argoproj.io/v1alpha1"

RULE = Rule(
    id="autoscaler-target-exists",
    title="Autoscalers scale what exists",
    why="An autoscaler that points nowhere leaves its service at one size, and only an event tells.",
    fix="Name the service's Deployment or Rollout in scaleTargetRef, with its apiVersion.",
    severity=Severity.MEDIUM,
    covers=("go-live-readiness:150", "optibid:70"),
    kinds=frozenset({SCALER}) | WORKLOADS,
    check=WholeStack(check),
    allows={
        "a Deployment": (_scaler(), running()),
        "a Rollout": (_scaler("Rollout", api_version=ROLLOUT), running(type_=f"kubernetes:{ROLLOUT}:Rollout")),
        "no version": (_scaler(api_version=None), running()),
        "another version": (_scaler(api_version="apps/v1beta2"), running()),
    },
    refuses={
        "nothing": bad_example((_scaler(),), NOTHING),
        "another kind": bad_example((_scaler("StatefulSet"), running()), NOTHING),
        "another group": bad_example((_scaler(api_version="example.com/v1"), running()), NOTHING),
        "another name": bad_example((_scaler(name="web"), running()), NOTHING),
        "another namespace": bad_example((_scaler(), running(namespace="other")), NOTHING),
        "no name": bad_example((_scaler(name=None), running()), NOTHING),
    },
)
