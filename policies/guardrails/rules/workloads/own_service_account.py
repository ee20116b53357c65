"""Every workload runs as a service account of its own.

Field: `serviceAccountName` of the pod's spec must be set, and not to `default`. Where it is unset the older field
`serviceAccount` counts, as it does for the API server.
"""

from guardrails.examples.kubernetes import a_container, bad_example, workload
from guardrails.kubernetes.pods import WORKLOADS, Pod
from guardrails.model.findings import Violations
from guardrails.rule import EachPod, Rule, Severity

PROBLEM = "runs as its namespace's default service account"


def check(pod: Pod) -> Violations:
    """Name each pod that shares its identity with whatever else names none."""
    field = "serviceAccountName" if pod.read("serviceAccountName") not in {None, ""} else "serviceAccount"
    if pod.missing(field) or pod.peek(field) in {"", "default"}:
        yield pod.fails(PROBLEM, "serviceAccountName")


RULE = Rule(
    id="own-service-account",
    title="Workloads run as their own service account",
    why="Rights given to the default account belong to every pod of the namespace, and nobody can tell them apart.",
    fix="Declare a ServiceAccount for the workload and name it in serviceAccountName.",
    severity=Severity.MEDIUM,
    covers=("go-live-readiness:102",),
    kinds=WORKLOADS,
    check=EachPod(check),
    allows={
        "its own": workload(a_container()),
        "the older field": workload(a_container(), serviceAccountName=None, serviceAccount="marketplace"),
        "a name that only begins with default": workload(a_container(), serviceAccountName="default-api"),
    },
    refuses={
        "none": bad_example(workload(a_container(), serviceAccountName=None), f"Deployment shop/marketplace {PROBLEM}"),
        "an empty name": bad_example(
            workload(a_container(), serviceAccountName=""), f"Deployment shop/marketplace {PROBLEM}"
        ),
        "the default by name": bad_example(
            workload(a_container(), serviceAccountName="default"), f"Deployment shop/marketplace {PROBLEM}"
        ),
        "the default in the older field": bad_example(
            workload(a_container(), serviceAccountName=None, serviceAccount="default"),
            f"Deployment shop/marketplace {PROBLEM}",
        ),
    },
)
