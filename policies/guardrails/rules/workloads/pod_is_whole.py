"""Workloads run pods that a cluster accepts.

Fields of the pod's spec: `containers` must hold one at least; every container, init and ephemeral container has a
`name`, and no two the same; every `volumeMounts[*].name` is the name of one of `volumes`, or of one of a StatefulSet's
`volumeClaimTemplates`; every `ports[*]` has a `containerPort`, and a `name` of at most 15 characters that no other port
of its container has; every `topologySpreadConstraints[*]` has a `topologyKey`; and `restartPolicy` fits: Always or
unset for what keeps running, OnFailure or Never for Jobs. A Rollout with a `workloadRef` has no pod of its own. What an
operator's object overrides need not be whole.
"""

from collections.abc import Iterator

from guardrails.examples.kubernetes import a_container, bad_example, declared, elsewhere, workload
from guardrails.kubernetes.pods import POD_SPECS, WORKLOADS, Pod
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import ANY
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachPod, Rule, Severity

CLAIMS = ("spec", "volumeClaimTemplates")
EMPTY = "runs no container"
NAMELESS = "has no name"
NUMBERLESS = "has a port without a containerPort"
OVER_NOTHING = "is spread over nothing: a constraint has no topologyKey"
LONGEST_NAME = 15
JOBS = frozenset({"batch/Job", "batch/CronJob"})
SINGLE = frozenset({"core/Pod", "core/PodTemplate"})


def check(pod: Pod) -> Violations:
    """Name the pod, and each container, that no cluster would accept."""
    if pod.object.id == ANY:
        pod.record_unknown()
    if pod.object.id not in WORKLOADS or (pod.plain is None and pod.object.read("spec", "workloadRef") is not None):
        return
    if pod.at("containers").plain == [] or (pod.missing("containers") and pod.at("containers").plain is None):
        yield pod.fails(EMPTY, "containers")
    yield from _names(pod)
    yield from _mounts(pod)
    yield from _ports(pod)
    for constraint in pod.items("topologySpreadConstraints"):
        if constraint.missing("topologyKey") or constraint.read("topologyKey") == "":
            yield constraint.fails(OVER_NOTHING, "topologyKey")
    yield from _restarts(pod)


def _names(pod: Pod) -> Violations:
    met: set[str] = set()
    for container in pod.containers:
        name = container.read("name")
        if container.missing("name") or name == "":
            yield container.fails(NAMELESS, "name")
        elif isinstance(name, str):
            if name in met:
                yield container.fails("has the name of another container", "name")
            met.add(name)


def _mounts(pod: Pod) -> Violations:
    volumes = [name.record_unknown() for name in _volumes(pod)]
    if pod.partial or any(isinstance(name, Unknown) for name in volumes):
        return
    for container in pod.containers:
        for mount in container.items("volumeMounts"):
            name = mount.read("name")
            if isinstance(name, str) and name not in volumes:
                yield container.fails(f"mounts the volume {name!r}, which its pod does not have", "volumeMounts")


def _ports(pod: Pod) -> Violations:
    for container in pod.containers:
        met: set[str] = set()
        for port in container.items("ports"):
            name = port.read("name")
            if port.missing("containerPort"):
                yield port.fails(NUMBERLESS, "containerPort")
            if isinstance(name, str) and name in met:
                yield port.fails(f"has two ports called {name!r}", "name")
            elif isinstance(name, str) and len(name) > LONGEST_NAME:
                yield port.fails(f"has a port called {name!r}, which is longer than {LONGEST_NAME} characters", "name")
            if isinstance(name, str):
                met.add(name)


def _volumes(pod: Pod) -> Iterator[Node]:
    """The names of a pod's volumes, and the places where more could stand."""
    for place, name in ((pod.at("volumes"), ("name",)), (pod.object.at(*CLAIMS), ("metadata", "name"))):
        if place.plain is not None and not isinstance(place.plain, list):
            yield place
        yield from (volume.at(*name) for volume in place.elements())


def _restarts(pod: Pod) -> Violations:
    wanted = ("OnFailure", "Never") if pod.object.id in JOBS else ("Always",)
    if pod.object.id not in SINGLE and pod.differs_from("restartPolicy", than=wanted):
        yield pod.fails(f"has a restartPolicy other than {' or '.join(wanted)}", "restartPolicy")
    elif pod.object.id in JOBS and pod.missing("restartPolicy"):
        yield pod.fails(f"has no restartPolicy, which must be {' or '.join(wanted)}", "restartPolicy")


MOUNT: Plain = [{"name": "cache", "mountPath": "/cache"}]
NOT_THERE = "mounts the volume 'cache', which its pod does not have"
JOB = "kubernetes:batch/v1:Job"

RULE = Rule(
    id="pod-is-whole",
    title="Pods are complete",
    why="The API server refuses the workload, and a deployment stops half way.",
    fix="Name the container, the volume, the port, the topologyKey or the restartPolicy that is missing.",
    severity=Severity.HIGH,
    covers=("new-services:239", "production:92"),
    kinds=frozenset(POD_SPECS),
    check=EachPod(check),
    allows={
        "a container": workload(a_container()),
        "a volume and its mount": workload(
            a_container(volumeMounts=MOUNT), volumes=[{"name": "cache", "emptyDir": {}}]
        ),
        "a claim of a StatefulSet": (
            declared(
                "kubernetes:apps/v1:StatefulSet",
                "marketplace",
                spec={
                    "template": {"spec": {"containers": [a_container(volumeMounts=MOUNT)]}},
                    "volumeClaimTemplates": [{"metadata": {"name": "cache"}}],
                },
            ),
        ),
        "ports": workload(
            a_container(ports=[{"name": "http", "containerPort": 8080}, {"containerPort": 9090}]),
            topologySpreadConstraints=[{"maxSkew": 1, "topologyKey": "kubernetes.io/hostname"}],
        ),
        "a Job": workload(a_container(), type_=JOB, restartPolicy="Never"),
        "a pod that ends": workload(a_container(), type_="kubernetes:core/v1:Pod", restartPolicy="Never"),
        "a Rollout of another's pods": (
            declared("kubernetes:argoproj.io/v1alpha1:Rollout", "api", spec={"workloadRef": {"name": "api"}}),
        ),
    },
    refuses={
        "no containers": bad_example(workload(), f"Deployment shop/marketplace {EMPTY}"),
        "only an init container": bad_example(
            workload(initContainers=[a_container("migrate")]), f"Deployment shop/marketplace {EMPTY}"
        ),
        "no list": bad_example(workload(a_container(), containers=None), f"Deployment shop/marketplace {EMPTY}"),
        "no name": bad_example(
            workload(a_container(), a_container(name="")), f"container '' (Deployment shop/marketplace) {NAMELESS}"
        ),
        "one name twice": bad_example(
            workload(a_container(), initContainers=[a_container()]),
            "container 'api' (Deployment shop/marketplace) has the name of another container",
        ),
        "an ephemeral container's name": bad_example(
            workload(a_container(), ephemeralContainers=[a_container()]),
            "ephemeral container 'api' (Deployment shop/marketplace) has the name of another container",
        ),
        "no such volume": bad_example(
            workload(a_container(volumeMounts=MOUNT)), f"container 'api' (Deployment shop/marketplace) {NOT_THERE}"
        ),
        "no such volume for an init container": bad_example(
            workload(a_container(), initContainers=[a_container("migrate", volumeMounts=MOUNT)]),
            f"init container 'migrate' (Deployment shop/marketplace) {NOT_THERE}",
        ),
        "no number of a port": bad_example(
            workload(a_container(ports=[{"name": "http"}])),
            f"container 'api' (Deployment shop/marketplace) {NUMBERLESS}",
        ),
        "a port's name twice": bad_example(
            workload(a_container(ports=[{"name": "http", "containerPort": i} for i in (8080, 8081)])),
            "container 'api' (Deployment shop/marketplace) has two ports called 'http'",
        ),
        "a port's name too long": bad_example(
            workload(a_container(ports=[{"name": "prometheus-metrics", "containerPort": 8080}])),
            "container 'api' (Deployment shop/marketplace) has a port called 'prometheus-metrics', "
            "which is longer than 15 characters",
        ),
        "spread over nothing": bad_example(
            workload(a_container(), topologySpreadConstraints=[{"maxSkew": 1}]),
            f"Deployment shop/marketplace {OVER_NOTHING}",
        ),
        "a Deployment that ends": bad_example(
            workload(a_container(), restartPolicy="Never"),
            "Deployment shop/marketplace has a restartPolicy other than Always",
        ),
        "a Job that goes on": bad_example(
            workload(a_container(), type_=JOB, restartPolicy="Always"),
            "Job shop/marketplace has a restartPolicy other than OnFailure or Never",
        ),
        "a Job that says nothing": bad_example(
            workload(a_container(), type_=JOB),
            "Job shop/marketplace has no restartPolicy, which must be OnFailure or Never",
        ),
        **elsewhere(a_container("proxy", volumeMounts=MOUNT), NOT_THERE),
    },
)
