"""A Rollout that refers to a workload finds it in the stack, where its pods are judged.

`spec.workloadRef` names a Deployment, ReplicaSet or PodTemplate of the Rollout's namespace by `apiVersion`, `kind` and
`name`. A Rollout with a `template` of its own needs none.
"""

from guardrails.examples.kubernetes import declared, refusal, running
from guardrails.kubernetes.inventory import Stack
from guardrails.kubernetes.selectors import unless_one_fits
from guardrails.model.findings import Faults
from guardrails.model.resources import Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import Rule, Severity, WholeStack

ROLLOUT = "argoproj.io/Rollout"
REFERENCE = ("spec", "workloadRef")
WRONG = "runs the pods of a workload that the stack does not declare, so nobody has judged them"


def check(stack: Stack) -> Faults:
    """Name each Rollout whose workload is elsewhere."""
    residents = stack.residents
    for rollout in stack:
        if rollout.id != ROLLOUT or rollout.at(*REFERENCE).plain is None:
            continue
        kind, name = rollout.at(*REFERENCE, "kind"), rollout.at(*REFERENCE, "name")
        if isinstance(kind.noted(), Unknown) or isinstance(name.noted(), Unknown):
            continue
        found = residents.called(rollout, rollout.at(*REFERENCE, "apiVersion"), kind, name)
        yield from unless_one_fits(found, rollout.fails(WRONG, *REFERENCE))


def _rollout(name: Plain = "api", **more: Plain) -> Resource:
    reference: Plain = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}
    spec: Plain = {"workloadRef": reference, "strategy": {"canary": {}}, **more}
    return declared("kubernetes:argoproj.io/v1alpha1:Rollout", "api", spec=spec)


NOWHERE = f"Rollout shop/api {WRONG}"

RULE = Rule(
    id="rollout-workload-exists",
    title="Rollouts run workloads of the same stack",
    why="A Rollout that borrows its pods from outside the stack brings in pods that no rule has seen.",
    fix="Give the Rollout a template of its own, or declare the workload that it refers to in the same stack.",
    severity=Severity.HIGH,
    covers=("production:116",),
    kinds=frozenset({ROLLOUT}),
    check=WholeStack(check),
    allows={
        "the workload is in the stack": (_rollout(), running()),
        "a template of its own": (running(type_="kubernetes:argoproj.io/v1alpha1:Rollout"),),
    },
    refuses={
        "no such workload": refusal((_rollout(),), NOWHERE),
        "another name": refusal((_rollout("web"), running()), NOWHERE),
        "another namespace": refusal((_rollout(), running(namespace="other")), NOWHERE),
        "no name": refusal((_rollout(None), running()), NOWHERE),
    },
)
