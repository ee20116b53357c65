"""No container asks for more than it may use.

Fields: each resource under `resources.requests` of main and init containers, and of the pod as a whole, against the one
of the same name under `resources.limits`. Amounts are compared as numbers: 0.1 is 100m.
"""

from guardrails.examples.kubernetes import a_container, bad_example, spoilt, workload
from guardrails.kubernetes.pods import WORKLOADS, Pod
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.quantities import quantity
from guardrails.model.values import Plain
from guardrails.rule import EachPod, Rule, Severity


def check(pod: Pod) -> Violations:
    """Name each container and each resource that it can never be given."""
    for place in (pod, *pod.sized):
        for resource, request in place.members("resources", "requests"):
            yield from _compared(place, resource, request)


def _compared(place: Node, resource: str, request: Node) -> Violations:
    limit = place.at("resources", "limits", resource)
    if limit.plain is None:
        return
    asked, given = quantity(request.record_unknown()), quantity(limit.record_unknown())
    if asked is not None and given is not None and asked > given:
        yield place.fails(_wrong(resource), "resources", "requests", resource)


def _wrong(resource: str) -> str:
    return f"requests more {resource} than its limit allows"


def _sized(requests: dict[str, Plain], limits: dict[str, Plain]) -> dict[str, Plain]:
    return a_container(resources={"requests": requests, "limits": limits})


RULE = Rule(
    id="requests-within-limits",
    title="Requests stay within limits",
    why="The API server refuses a container that asks for more than it may use, and a deployment stops half way.",
    fix="Lower the request or raise the limit: cpu and memory in capacity.<service>.",
    severity=Severity.MEDIUM,
    covers=("new-services:204", "signal-service-v2:22"),
    kinds=WORKLOADS,
    check=EachPod(check),
    allows={
        "less": workload(a_container()),
        "as much, said otherwise": workload(_sized({"cpu": "100m", "memory": "1Gi"}, {"cpu": 0.1, "memory": "1024Mi"})),
        "no limit": workload(_sized({"cpu": "4"}, {})),
        "an ephemeral container": workload(
            a_container(), ephemeralContainers=[a_container("debug", resources={"requests": {"cpu": "1"}})]
        ),
    },
    refuses={
        "cpu": spoilt(_sized({"cpu": "1"}, {"cpu": "500m"}), _wrong("cpu")),
        "memory in other units": spoilt(_sized({"memory": "1Gi"}, {"memory": "1G"}), _wrong("memory")),
        "an init container": bad_example(
            workload(
                a_container(),
                initContainers=[
                    a_container("migrate", resources={"requests": {"cpu": "2"}, "limits": {"cpu": 1}}),
                ],
            ),
            f"init container 'migrate' (Deployment shop/marketplace) {_wrong('cpu')}",
        ),
        "the pod": bad_example(
            workload(a_container(), resources={"requests": {"cpu": "2"}, "limits": {"cpu": "1"}}),
            f"Deployment shop/marketplace {_wrong('cpu')}",
        ),
        "a sidecar": bad_example(
            workload(
                a_container(),
                initContainers=[{**_sized({"cpu": 2}, {"cpu": 1}), "name": "proxy", "restartPolicy": "Always"}],
            ),
            f"init container 'proxy' (Deployment shop/marketplace) {_wrong('cpu')}",
        ),
    },
)
