"""A Rollout that refers to a workload finds it in the stack, where its pods are judged.

`spec.workloadRef` names a Deployment, ReplicaSet or PodTemplate of the Rollout's namespace by `apiVersion`, `kind` and
`name`. A Rollout with a `template` of its own needs none.
"""

from guardrails.examples.kubernetes import bad_example, declared, running
from guardrails.kubernetes.inventory import Inventory
from guardrails.model.answer import either
from guardrails.model.findings import Violations
from guardrails.model.resources import Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import Rule, Severity, WholeStack

ROLLOUT = "argoproj.io/Rollout"
REFERENCE = ("spec", "workloadRef")
PROBLEM = "runs the pods of a workload that the stack does not declare, so nobody has judged them"


def check(stack: Inventory) -> Violations:
    """Name each Rollout whose workload is elsewhere."""
    name_index = stack.name_index
    for rollout in stack:
        if rollout.id != ROLLOUT or rollout.at(*REFERENCE).plain is None:
            continue
        kind, name = rollout.at(*REFERENCE, "kind"), rollout.at(*REFERENCE, "name")
        if isinstance(kind.record_unknown(), Unknown) or isinstance(name.record_unknown(), Unknown):
            continue
        obj = name_index.called(rollout, rollout.at(*REFERENCE, "apiVersion"), kind, name)
        yield from either(obj).unless(rollout.fails(PROBLEM, *REFERENCE))


def _rollout(name: Plain = "api", **more: Plain) -> Resource:
    reference: Plain = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}
    spec: Plain = {"workloadRef": reference, "strategy": {"canary": {}}, **more}
    return declared("kubernetes:argoproj.io/v1alpha1:Rollout", "api", spec=spec)


NOWHERE = f"Rollout shop/api {PROBLEM}"

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
        "no such workload": bad_example((_rollout(),), NOWHERE),
        "another name": bad_example((_rollout("web"), running()), NOWHERE),
        "another namespace": bad_example((_rollout(), running(namespace="other")), NOWHERE),
        "no name": bad_example((_rollout(None), running()), NOWHERE),
    },
)
