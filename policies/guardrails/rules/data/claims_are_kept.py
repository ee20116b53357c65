"""Data outlives the workload that wrote it.

Fields: `spec.persistentVolumeClaimRetentionPolicy.whenDeleted` and `whenScaled` of a StatefulSet are not Delete, and
`persistentVolumeReclaimPolicy` of a PersistentVolume is not Delete or Recycle. A volume that belongs to one pod, an
`ephemeral` one, ends with it by design.
"""

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.model.findings import Violations
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain
from guardrails.rule import EachObject, Rule, Severity

VOLUME = "core/PersistentVolume"
POLICY = ("spec", "persistentVolumeClaimRetentionPolicy")
RECLAIM = ("spec", "persistentVolumeReclaimPolicy")
LOST = "loses what its claim held: its persistentVolumeReclaimPolicy is not Retain"


def check(obj: Object) -> Violations:
    """Name each policy that deletes data."""
    if obj.id == VOLUME:
        if obj.differs_from(*RECLAIM, than=("Retain",)):
            yield obj.fails(LOST, *RECLAIM)
        return
    for when in ("whenDeleted", "whenScaled"):
        if obj.differs_from(*POLICY, when, than=("Retain",)):
            yield obj.fails(_wrong(when), *POLICY, when)


def _wrong(when: str) -> str:
    return f"deletes its data: its {when} is not Retain"


def _stateful(**policy: Plain) -> tuple[Resource, ...]:
    spec: Plain = {"persistentVolumeClaimRetentionPolicy": policy}
    return (declared("kubernetes:apps/v1:StatefulSet", "db", spec=spec),)


def _volume(policy: Plain) -> tuple[Resource, ...]:
    spec: Plain = {"persistentVolumeReclaimPolicy": policy}
    return (declared("kubernetes:core/v1:PersistentVolume", "db", namespace=None, spec=spec),)


RULE = Rule(
    id="claims-are-kept",
    title="Data outlives its workload",
    why="A workload that is deleted by mistake comes back in a minute; its data does not.",
    fix="Set the policy to Retain, and delete by hand what is really over.",
    severity=Severity.HIGH,
    covers=("production:11", "go-live-readiness:115"),
    kinds=frozenset({"apps/StatefulSet", VOLUME}),
    check=EachObject(check),
    allows={
        "kept": _stateful(whenDeleted="Retain", whenScaled="Retain"),
        "unset is kept": _stateful(),
        "a volume that is kept": _volume("Retain"),
    },
    refuses={
        "with the workload": bad_example(
            _stateful(whenDeleted="Delete"), f"StatefulSet shop/db {_wrong('whenDeleted')}"
        ),
        "with a replica": bad_example(_stateful(whenScaled="Delete"), f"StatefulSet shop/db {_wrong('whenScaled')}"),
        "with its claim": bad_example(_volume("Delete"), f"PersistentVolume db {LOST}"),
    },
)
