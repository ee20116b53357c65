"""Pods are run by a controller.

A `Pod` must have an entry in `metadata.ownerReferences`, as the pods of controllers do. Hooks of Helm
(`helm.sh/hook`) and the mirrors of static pods (`kubernetes.io/config.mirror`) are exempt: somebody else minds them.
"""

from guardrails.examples.kubernetes import a_container, bad_example, declared, workload
from guardrails.model.findings import Violations
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain
from guardrails.rule import EachObject, Rule, Severity

OWNERS = ("metadata", "ownerReferences")
MINDED = ("helm.sh/hook", "kubernetes.io/config.mirror")
PROBLEM = "has no controller that would start it again"


def check(pod: Object) -> Violations:
    """Name each pod that stands alone."""
    alone = pod.missing(*OWNERS) or pod.at(*OWNERS).plain == []
    if alone and all([pod.missing("metadata", "annotations", key) for key in MINDED]):  # noqa: C419 - all are to be noted
        yield pod.fails(PROBLEM, *OWNERS)


def _pod(**metadata: Plain) -> tuple[Resource, ...]:
    named: dict[str, Plain] = {"name": "debug", "namespace": "shop", **metadata}
    return (declared("kubernetes:core/v1:Pod", "debug", metadata=named, spec={"containers": [a_container()]}),)


RULE = Rule(
    id="no-naked-pod",
    title="Pods are run by a controller",
    why="A pod without a controller is gone when its node is, and no release ever replaces it.",
    fix="Declare a Deployment, a StatefulSet, a Job or a CronJob instead of the Pod.",
    severity=Severity.LOW,
    covers=("new-services:239", "signal-service-v2:227"),
    kinds=frozenset({"core/Pod"}),
    check=EachObject(check),
    allows={
        "a Deployment": workload(a_container()),
        "a controller's pod": _pod(ownerReferences=[{"kind": "ReplicaSet", "name": "debug-5d4f"}]),
        "a hook of Helm": _pod(annotations={"helm.sh/hook": "test"}),
        "a mirror of a static pod": _pod(annotations={"kubernetes.io/config.mirror": "d2f1"}),
    },
    refuses={
        "no owner": bad_example(_pod(), f"Pod shop/debug {PROBLEM}"),
        "an empty list": bad_example(_pod(ownerReferences=[]), f"Pod shop/debug {PROBLEM}"),
        "null": bad_example(_pod(ownerReferences=None), f"Pod shop/debug {PROBLEM}"),
        "another annotation": bad_example(_pod(annotations={"example.com/hook": "test"}), f"Pod shop/debug {PROBLEM}"),
    },
)
