"""No pod mounts its node's files, by the meaning of Pod Security `baseline` and `restricted`.

Restricted field: `volumes[*].hostPath` must be unset. Whether anything mounts the volume doesn't matter.
"""

from guardrails.examples.kubernetes import a_container, bad_example, workload
from guardrails.kubernetes.pods import WORKLOADS, Pod
from guardrails.model.findings import Violations
from guardrails.rule import EachPod, Rule, Severity


def check(pod: Pod) -> Violations:
    """Name each volume that is a path of the node."""
    for volume in pod.items("volumes"):
        if volume.differs_from("hostPath"):
            name = volume.peek("name")
            called = repr(name) if isinstance(name, str) else volume.path.rpartition(".")[2]
            yield volume.fails(f"mounts its node's files: volume {called} is a hostPath", "hostPath")


RULE = Rule(
    id="no-host-path",
    title="Pods don't mount their node's files",
    why="Whoever can write to the node can become the node, and what it holds is lost when the pod moves.",
    fix="Use an emptyDir for scratch data and a persistentVolumeClaim for data that lasts.",
    severity=Severity.HIGH,
    covers=("production:15", "go-live-readiness:101", "go-live-readiness:16"),
    kinds=WORKLOADS,
    check=EachPod(check),
    allows={
        "an emptyDir": workload(a_container(), volumes=[{"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}}]),
        "null": workload(a_container(), volumes=[{"name": "tmp", "hostPath": None}]),
        "no volumes": workload(a_container(), volumes=[]),
    },
    refuses={
        "a path": bad_example(
            workload(a_container(), volumes=[{"name": "logs", "hostPath": {"path": "/var/log"}}]),
            "Deployment shop/marketplace mounts its node's files: volume 'logs' is a hostPath",
        ),
        "an empty path": bad_example(
            workload(a_container(), volumes=[{"name": "logs", "hostPath": {}}]),
            "Deployment shop/marketplace mounts its node's files: volume 'logs' is a hostPath",
        ),
        "a volume without a name": bad_example(
            workload(a_container(), volumes=[{"name": "tmp", "emptyDir": {}}, {"hostPath": {"path": "/"}}]),
            "Deployment shop/marketplace mounts its node's files: volume volumes[1] is a hostPath",
        ),
    },
)
