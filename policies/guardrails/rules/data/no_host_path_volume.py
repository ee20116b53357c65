"""No volume of the cluster is a folder of a node.

Field: `spec.hostPath` of a `PersistentVolume` must be unset: a claim takes its pod around `no-host-path`, and Pod
Security does not see it. A `local` volume is a disk that somebody gave away, bound to its node, and is allowed.
"""

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.model.findings import Violations
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain
from guardrails.rule import EachObject, Rule, Severity

PROBLEM = "lends its node's files to whoever claims it: it is a hostPath"


def check(volume: Object) -> Violations:
    """Name each volume that is a path of whichever node its pod runs on."""
    if volume.differs_from("spec", "hostPath"):
        yield volume.fails(PROBLEM, "spec", "hostPath")


def _volume(**spec: Plain) -> tuple[Resource, ...]:
    whole: Plain = {"capacity": {"storage": "10Gi"}, "accessModes": ["ReadWriteOnce"], **spec}
    return (declared("kubernetes:core/v1:PersistentVolume", "data", namespace=None, spec=whole),)


RULE = Rule(
    id="no-host-path-volume",
    title="Persistent volumes are not folders of a node",
    why="A pod that claims it reads and writes the node, whatever its own settings forbid, and loses all on the next.",
    fix="Let a StorageClass make the volume, by its provisioner.",
    severity=Severity.HIGH,
    covers=("production:15", "go-live-readiness:101", "go-live-readiness:16"),
    kinds=frozenset({"core/PersistentVolume"}),
    check=EachObject(check),
    allows={
        "a disk by its driver": _volume(csi={"driver": "ebs.csi.aws.com", "volumeHandle": "vol-1"}),
        "a disk of one node": _volume(local={"path": "/mnt/disks/one"}),
        "null": _volume(hostPath=None, nfs={"server": "files.internal", "path": "/"}),
    },
    refuses={
        "a path": bad_example(_volume(hostPath={"path": "/var/data"}), f"PersistentVolume data {PROBLEM}"),
        "an empty path": bad_example(_volume(hostPath={}), f"PersistentVolume data {PROBLEM}"),
    },
)
