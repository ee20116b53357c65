"""An autoscaler scales something that exists.

The `spec.scaleTargetRef` of a `HorizontalPodAutoscaler` must name an object of the stack in the same namespace, by
`kind`, `name` and the group of `apiVersion`, which may be absent. A Rollout is a target like any other.
"""

from guardrails.examples.kubernetes import declared, refusal, running
from guardrails.kubernetes.inventory import Stack
from guardrails.kubernetes.pods import WORKLOADS
from guardrails.kubernetes.selectors import unless_one_fits
from guardrails.model.findings import Faults
from guardrails.model.resources import Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import Rule, Severity, WholeStack

SCALER = "autoscaling/HorizontalPodAutoscaler"
TARGET = ("spec", "scaleTargetRef")
WRONG = "scales nothing: the stack has no such target in its namespace"


def check(stack: Stack) -> Faults:
    """Name each autoscaler without a target."""
    residents = stack.residents
    for scaler in stack:
        if scaler.id != SCALER or scaler.partial:
            continue
        kind, name = scaler.at(*TARGET, "kind"), scaler.at(*TARGET, "name")
        if isinstance(kind.noted(), Unknown) or isinstance(name.noted(), Unknown):
            continue
        found = residents.called(scaler, scaler.at(*TARGET, "apiVersion"), kind, name)
        yield from unless_one_fits(found, scaler.fails(WRONG, *TARGET))


def _scaler(kind: Plain = "Deployment", name: Plain = "api", api_version: Plain = "apps/v1") -> Resource:
    target: Plain = {"apiVersion": api_version, "kind": kind, "name": name}
    spec: Plain = {"scaleTargetRef": target, "minReplicas": 2, "maxReplicas": 6}
    return declared("kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "api", spec=spec)


NOTHING = f"HorizontalPodAutoscaler shop/api {WRONG}"
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
        "nothing": refusal((_scaler(),), NOTHING),
        "another kind": refusal((_scaler("StatefulSet"), running()), NOTHING),
        "another group": refusal((_scaler(api_version="example.com/v1"), running()), NOTHING),
        "another name": refusal((_scaler(name="web"), running()), NOTHING),
        "another namespace": refusal((_scaler(), running(namespace="other")), NOTHING),
        "no name": refusal((_scaler(name=None), running()), NOTHING),
    },
)
