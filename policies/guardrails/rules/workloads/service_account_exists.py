"""The service account that a pod names is in the stack.

Field: `serviceAccountName` of the pod's spec, or the older `serviceAccount` where it is unset. A `ServiceAccount` of
that name must be declared in the same namespace. `default` is there in every namespace, and a pod that names none gets
it; that is the matter of `own-service-account`.
"""

from guardrails.examples.kubernetes import a_container, bad_example, declared, workload
from guardrails.kubernetes.inventory import Inventory
from guardrails.kubernetes.pods import WORKLOADS, Pod, pods
from guardrails.model.answer import either
from guardrails.model.findings import Violations
from guardrails.model.resources import Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import Rule, Severity, WholeStack

ACCOUNT = "core/ServiceAccount"


def check(stack: Inventory) -> Violations:
    """Name each pod that nobody would let start."""
    for obj in stack:
        for pod in pods(obj):
            yield from _runs_as_somebody(pod, stack)


def _runs_as_somebody(pod: Pod, stack: Inventory) -> Violations:
    field = "serviceAccount" if pod.read("serviceAccountName") in {None, ""} else "serviceAccountName"
    name = pod.read(field)
    if isinstance(name, Unknown) or name in {None, "", "default"}:
        return
    home = pod.object.at("metadata", "namespace")
    matches = (match for _, match in stack.name_index.known_as(ACCOUNT, pod.at(field), home))
    yield from either(matches).unless(pod.fails(_wrong(name), field))


def _wrong(name: object) -> str:
    return f"runs as the service account {name!r}, which its namespace does not have"


def _account(name: Plain = "marketplace", namespace: Plain = "shop") -> Resource:
    metadata: Plain = {"name": name, "namespace": namespace}
    return declared("kubernetes:core/v1:ServiceAccount", "marketplace", metadata=metadata)


PROBLEM = f"Deployment shop/marketplace {_wrong('marketplace')}"

RULE = Rule(
    id="service-account-exists",
    title="Workloads name service accounts that exist",
    why="No pod starts whose service account is not there, and the rollout waits for it until its time is up.",
    fix="Declare the ServiceAccount in the workload's namespace, or correct serviceAccountName.",
    severity=Severity.MEDIUM,
    covers=("go-live-readiness:102",),
    kinds=frozenset({ACCOUNT}) | WORKLOADS,
    check=WholeStack(check),
    allows={
        "its own": (*workload(a_container()), _account()),
        "the older field": (
            *workload(a_container(), serviceAccountName=None, serviceAccount="marketplace"),
            _account(),
        ),
        "the default": workload(a_container(), serviceAccountName="default"),
        "none": workload(a_container(), serviceAccountName=None),
    },
    refuses={
        "nowhere": bad_example(workload(a_container()), PROBLEM),
        "another": bad_example((*workload(a_container()), _account("checkout")), PROBLEM),
        "elsewhere": bad_example((*workload(a_container()), _account(namespace="other")), PROBLEM),
        "the older field": bad_example(
            workload(a_container(), serviceAccountName="", serviceAccount="marketplace"), PROBLEM
        ),
    },
)
