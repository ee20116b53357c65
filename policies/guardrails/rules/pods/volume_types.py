"""Pods use only the kinds of volumes that Pod Security `restricted` allows.

Restricted fields: of `volumes[*]` only `configMap`, `csi`, `downwardAPI`, `emptyDir`, `ephemeral`, `image`,
`persistentVolumeClaim`, `projected` and `secret` may be set. A volume without a source is an emptyDir. `hostPath` is
forbidden as well, and has a rule of its own.
"""

from guardrails.examples.kubernetes import a_container, bad_example, workload
from guardrails.kubernetes.pods import WORKLOADS, Pod
from guardrails.model.findings import Violations
from guardrails.rule import EachPod, Rule, Severity

ALLOWED = frozenset(
    {
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "image",
        "persistentVolumeClaim",
        "projected",
        "secret",
    }
)
ELSEWHERE = frozenset({"name", "hostPath"})


def check(pod: Pod) -> Violations:
    """Name each volume of a kind that is not allowed."""
    for volume in pod.items("volumes"):
        name = volume.peek("name")
        called = repr(name) if isinstance(name, str) else volume.path.rpartition(".")[2]
        for source, place in volume.members():
            if source not in ALLOWED | ELSEWHERE and place.differs_from():
                yield place.fails(f"has volume {called} of the forbidden type {source}")


RULE = Rule(
    id="volume-types",
    title="Pods use only volume types that are safe",
    why="Other volume types let a pod reach storage of the node or the network with the node's own rights.",
    fix="Mount storage through a persistentVolumeClaim, and everything else as a configMap, secret or emptyDir.",
    severity=Severity.MEDIUM,
    covers=("production:15", "production:10", "go-live-readiness:101"),
    kinds=WORKLOADS,
    check=EachPod(check),
    allows={
        "an allowed type": workload(
            a_container(), volumes=[{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
        ),
        "a secret and a projection": workload(
            a_container(), volumes=[{"name": "a", "secret": {"secretName": "a"}}, {"name": "b", "projected": {}}]
        ),
        "no source is an emptyDir": workload(a_container(), volumes=[{"name": "tmp"}]),
        "null": workload(a_container(), volumes=[{"name": "tmp", "emptyDir": {}, "nfs": None}]),
        "a hostPath is another rule's": workload(a_container(), volumes=[{"name": "a", "hostPath": {"path": "/"}}]),
    },
    refuses={
        "a network file system": bad_example(
            workload(a_container(), volumes=[{"name": "share", "nfs": {"server": "nas", "path": "/"}}]),
            "Deployment shop/marketplace has volume 'share' of the forbidden type nfs",
        ),
        "an empty source counts": bad_example(
            workload(a_container(), volumes=[{"name": "code", "gitRepo": {}}]),
            "Deployment shop/marketplace has volume 'code' of the forbidden type gitRepo",
        ),
        "a disk of the cloud": bad_example(
            workload(a_container(), volumes=[{"awsElasticBlockStore": {"volumeID": "vol-1"}}]),
            "Deployment shop/marketplace has volume volumes[0] of the forbidden type awsElasticBlockStore",
        ),
    },
)
