"""Every container says how much CPU and memory it needs.

Fields: `resources.requests.cpu` and `resources.requests.memory` of main and init containers; the API forbids them on
ephemeral ones. A request is a quantity above zero, and of memory at least 1Mi: less is a suffix forgotten. A limit does
not stand in for a request, though the API server would copy it: what a service needs and what it may never exceed are
two decisions. Requests of the whole pod do not count either.
"""

from guardrails.examples.kubernetes import a_container, bad_example, spoilt, workload
from guardrails.kubernetes.pods import WORKLOADS, Pod
from guardrails.model.findings import Violations
from guardrails.model.quantities import lack
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachPod, Rule, Severity


def check(pod: Pod) -> Violations:
    """Name each container and each resource that the scheduler would have to guess."""
    for container in pod.sized:
        for resource in ("cpu", "memory"):
            request = container.read("resources", "requests", resource)
            if isinstance(request, Unknown) or (request is None and container.partial):
                continue
            if (problem := lack(resource, "request", request)) is not None:
                yield container.fails(problem, "resources", "requests", resource)


LIMITS: dict[str, Plain] = {"cpu": "500m", "memory": "256Mi"}

RULE = Rule(
    id="requests",
    title="Containers request CPU and memory",
    why="Without requests the scheduler packs nodes blindly, and the autoscaler has nothing to compare usage with.",
    fix="Set resources.requests.cpu and .memory above zero: cpu.request and memory.request in capacity.<service>.",
    severity=Severity.MEDIUM,
    covers=("new-services:204", "signal-service-v2:22", "go-live-readiness:150"),
    kinds=WORKLOADS,
    check=EachPod(check),
    allows={
        "both": workload(a_container()),
        "numbers": workload(a_container(resources={"requests": {"cpu": 1, "memory": 1e9}})),
        "an ephemeral container has none": workload(
            a_container(), ephemeralContainers=[a_container("debug", resources=None)]
        ),
    },
    refuses={
        "no cpu request": spoilt(
            a_container(resources={"requests": {"memory": "256Mi"}, "limits": LIMITS}), "has no cpu request"
        ),
        "zero is none": spoilt(
            a_container(resources={"requests": {"cpu": "1", "memory": "0Mi"}}), "has no memory request"
        ),
        "no quantity": spoilt(
            a_container(resources={"requests": {"cpu": "half", "memory": "1Gi"}}),
            "has a cpu request that is no quantity",
        ),
        "milli-bytes": spoilt(
            a_container(resources={"requests": {"cpu": "1", "memory": "256m"}}), "has a memory request of less than 1Mi"
        ),
        "a limit is no request": bad_example(
            workload(a_container(resources={"limits": LIMITS})),
            "container 'api' (Deployment shop/marketplace) has no cpu request",
            "container 'api' (Deployment shop/marketplace) has no memory request",
        ),
        "an init container": bad_example(
            workload(a_container(), initContainers=[a_container("migrate", resources={"requests": {"cpu": "1"}})]),
            "init container 'migrate' (Deployment shop/marketplace) has no memory request",
        ),
        "a sidecar": bad_example(
            workload(
                a_container(),
                initContainers=[a_container("proxy", restartPolicy="Always", resources={"requests": {"cpu": "1"}})],
            ),
            "init container 'proxy' (Deployment shop/marketplace) has no memory request",
        ),
    },
)
