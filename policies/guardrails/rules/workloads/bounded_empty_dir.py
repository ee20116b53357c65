"""Scratch space on the node's disk has an end.

Fields: each of `volumes[*].emptyDir` must have a `sizeLimit` above zero. A volume without a source is an emptyDir.
Exempt are volumes in memory (`medium: Memory`), which the containers' memory limits end, and pods whose main
containers all have a limit on `ephemeral-storage`, which counts these volumes too.
"""

from guardrails.examples.kubernetes import a_container, bad_example, workload
from guardrails.kubernetes.pods import WORKLOADS, Pod
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.quantities import quantity
from guardrails.model.resources import Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachPod, Rule, Severity

LIMIT = ("resources", "limits", "ephemeral-storage")


def check(pod: Pod) -> Violations:
    """Name each volume that can fill the node's disk."""
    for volume in pod.items("volumes"):
        if _is_scratch(volume) and not _may_end(volume) and not _may_end_otherwise(pod):
            name = volume.peek("name")
            called = repr(name) if isinstance(name, str) else volume.path.rpartition(".")[2]
            yield volume.fails(_wrong(called), "emptyDir", "sizeLimit")


def _is_scratch(volume: Node) -> bool:
    """It is an emptyDir, or names no source. In a patch what isn't there is left alone."""
    if volume.partial or volume.plain is None:
        return volume.read("emptyDir", "sizeLimit") is not None
    sources = [place for name, place in volume.members() if name != "name" and place.plain is not None]
    if all(isinstance(source.plain, Unknown) for source in sources):
        # Each may turn out to be nothing, so it goes on record.
        return not [source.record_unknown() for source in sources]
    return any(source.path.endswith(".emptyDir") for source in sources)


def _may_end(volume: Node) -> bool:
    limit, medium = volume.read("emptyDir", "sizeLimit"), volume.read("emptyDir", "medium")
    if isinstance(limit, Unknown) or isinstance(medium, Unknown) or medium == "Memory":
        return True
    amount = quantity(limit)
    return amount is not None and amount > 0


def _may_end_otherwise(pod: Pod) -> bool:
    limits = [container.read(*LIMIT) for container in pod.items("containers")]
    ends = [isinstance(limit, Unknown) or (quantity(limit) or 0) > 0 for limit in limits]
    listed = pod.at("containers")
    hidden = any(isinstance(place.plain, Unknown) for place in (listed, *listed.elements()))
    return all(ends) and (bool(ends) or hidden)


def _wrong(called: str) -> str:
    return f"can fill its node's disk: emptyDir {called} has no sizeLimit"


def _with(source: dict[str, Plain]) -> tuple[Resource, ...]:
    return workload(a_container(), volumes=[{"name": "tmp", **source}])


TMP = f"Deployment shop/marketplace {_wrong(repr('tmp'))}"

RULE = Rule(
    id="bounded-empty-dir",
    title="Scratch volumes have a size limit",
    why="One pod that fills the node's disk gets every other pod of the node evicted.",
    fix="Set emptyDir.sizeLimit to what the program needs.",
    severity=Severity.LOW,
    covers=("signal-service-v2:231",),
    kinds=WORKLOADS,
    check=EachPod(check),
    allows={
        "no volumes": workload(a_container()),
        "a limit": _with({"emptyDir": {"sizeLimit": "64Mi"}}),
        "a number": _with({"emptyDir": {"sizeLimit": 67108864}}),
        "in memory": _with({"emptyDir": {"medium": "Memory"}}),
        "another source": _with({"configMap": {"name": "settings"}}),
        "the containers' limits": workload(
            a_container(resources={"limits": {"cpu": "1", "memory": "1Gi", "ephemeral-storage": "1Gi"}}),
            volumes=[{"name": "tmp", "emptyDir": {}}],
        ),
    },
    refuses={
        "no limit": bad_example(_with({"emptyDir": {}}), TMP),
        "zero is none": bad_example(_with({"emptyDir": {"sizeLimit": "0"}}), TMP),
        "no quantity": bad_example(_with({"emptyDir": {"sizeLimit": "64 MB"}}), TMP),
        "no source": bad_example(_with({}), TMP),
        "one container without a limit": bad_example(
            workload(
                a_container(resources={"limits": {"ephemeral-storage": "1Gi"}}),
                a_container("proxy"),
                volumes=[{"name": "tmp", "emptyDir": {}}],
            ),
            TMP,
        ),
    },
)
