"""Every container has a limit on its CPU and its memory.

Fields: `resources.limits.cpu` and `resources.limits.memory` of main and init containers; the API forbids them on
ephemeral ones. A limit is a quantity above zero: "0" means none. Less than 1Mi of memory is a suffix forgotten, or
written as m, which means milli-bytes. Limits of the pod as a whole (`spec.resources`) do
not count: the quota and the limit range of a namespace reckon by container, and clusters before 1.34 drop the field.
"""

from guardrails.examples.kubernetes import a_container, bad_example, spoilt, workload
from guardrails.kubernetes.pods import WORKLOADS, Pod
from guardrails.model.findings import Violations
from guardrails.model.quantities import lack
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachPod, Rule, Severity


def check(pod: Pod) -> Violations:
    """Name each container and each resource that it may use without end."""
    for container in pod.sized:
        for resource in ("cpu", "memory"):
            limit = container.read("resources", "limits", resource)
            if isinstance(limit, Unknown) or (limit is None and container.partial):
                continue
            if (problem := lack(resource, "limit", limit)) is not None:
                yield container.fails(problem, "resources", "limits", resource)


HAS_WORDS = "has a memory limit that is no quantity"
HAS_BYTES = "has a memory limit of less than 1Mi"
REQUESTS: dict[str, Plain] = {"cpu": "100m", "memory": "256Mi"}

RULE = Rule(
    id="limits",
    title="Containers have CPU and memory limits",
    why="One container without a limit can starve or evict every other one on its node.",
    fix="Set resources.limits.cpu and .memory above zero: cpu.limit and memory.limit in capacity.<service>.",
    severity=Severity.HIGH,
    covers=("new-services:204", "production:112"),
    kinds=WORKLOADS,
    check=EachPod(check),
    allows={
        "both": workload(a_container()),
        "numbers": workload(a_container(resources={"limits": {"cpu": 0.5, "memory": 268435456}})),
        "an ephemeral container has none": workload(
            a_container(), ephemeralContainers=[a_container("debug", resources=None)]
        ),
    },
    refuses={
        "no memory limit": spoilt(
            a_container(resources={"requests": REQUESTS, "limits": {"cpu": "500m"}}), "has no memory limit"
        ),
        "no cpu limit": spoilt(
            a_container(resources={"requests": REQUESTS, "limits": {"memory": "256Mi"}}), "has no cpu limit"
        ),
        "zero is none": spoilt(a_container(resources={"limits": {"cpu": "0", "memory": "256Mi"}}), "has no cpu limit"),
        "a number zero is none": spoilt(
            a_container(resources={"limits": {"cpu": 1, "memory": 0}}), "has no memory limit"
        ),
        "no quantity": spoilt(a_container(resources={"limits": {"cpu": 1, "memory": "256 MB"}}), HAS_WORDS),
        "a sign is no quantity": spoilt(
            a_container(resources={"limits": {"cpu": "1 core", "memory": "1Gi"}}), "has a cpu limit that is no quantity"
        ),
        "below zero is none": spoilt(
            a_container(resources={"limits": {"cpu": "-1", "memory": "1Gi"}}), "has no cpu limit"
        ),
        "milli-bytes": spoilt(a_container(resources={"limits": {"cpu": 1, "memory": "256m"}}), HAS_BYTES),
        "bytes": spoilt(a_container(resources={"limits": {"cpu": 1, "memory": 512}}), HAS_BYTES),
        "no resources": bad_example(
            workload(a_container(resources=None)),
            "container 'api' (Deployment shop/marketplace) has no cpu limit",
            "container 'api' (Deployment shop/marketplace) has no memory limit",
        ),
        "an init container": bad_example(
            workload(a_container(), initContainers=[a_container("migrate", resources={"limits": {"cpu": "1"}})]),
            "init container 'migrate' (Deployment shop/marketplace) has no memory limit",
        ),
        "the pod's limits do not count": bad_example(
            workload(
                a_container(resources={"limits": {"cpu": "1"}}), resources={"limits": {"cpu": "1", "memory": "256Mi"}}
            ),
            "container 'api' (Deployment shop/marketplace) has no memory limit",
        ),
        "a sidecar": bad_example(
            workload(
                a_container(),
                initContainers=[a_container("proxy", restartPolicy="Always", resources={"limits": {"cpu": "1"}})],
            ),
            "init container 'proxy' (Deployment shop/marketplace) has no memory limit",
        ),
    },
)
