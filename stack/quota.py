"""How much a namespace may use: what its services may use at their largest, in the middle of a release."""

from collections.abc import Mapping, Sequence
from math import ceil

from components.platform.namespace import Quota
from components.workload.mesh_route import PROXY
from settings.vocabulary import cpu_millicores, memory_bytes
from stack.resolve import Workload

SURGE = 0.25
"""The share of extra pods that a release of every service at once adds (``maxSurge``)."""
WHOLE = 2.0
MEBIBYTE = 2**20
_MEASURES = ("cpu requests", "cpu limits", "memory requests", "memory limits")


def quota(workloads: Sequence[Workload]) -> Quota:
    """Add up the largest number of pods of each service, surge and migration included, and what they may use.

    A quota that a release or the autoscaler could run into would be an outage of our own making; one without a limit
    would let a runaway service starve its neighbours.
    """
    # A smoke test is smaller than the pod that it is counted as; a migration is as large as one.
    more = {each.name: bool(each.smoke_test) + (each.migration is not None) for each in workloads}
    pods = [(ceil(each.capacity.replicas.max * _most(each)) + more[each.name], each) for each in workloads]
    used = {name: sum(count * _uses(workload)[name] for count, workload in pods) for name in _MEASURES}
    return Quota(
        pods=sum(count for count, _ in pods),
        cpu_requests=f"{used['cpu requests']}m",
        cpu_limits=f"{used['cpu limits']}m",
        memory_requests=f"{ceil(used['memory requests'] / MEBIBYTE)}Mi",
        memory_limits=f"{ceil(used['memory limits'] / MEBIBYTE)}Mi",
    )


def _most(workload: Workload) -> float:
    """How many times its pods a service has in the middle of a release: with a mesh both versions are whole."""
    return WHOLE if workload.blue_green or (workload.mesh and workload.canary) else 1 + SURGE


def _uses(workload: Workload) -> Mapping[str, int]:
    """What one pod uses in millicores and bytes, the proxy of the mesh included."""
    capacity = workload.capacity
    own = (capacity.cpu.request, capacity.cpu.limit, capacity.memory.request, capacity.memory.limit)
    proxy = (PROXY["CPU"], PROXY["CPULimit"], PROXY["Memory"], PROXY["MemoryLimit"])
    counted = (cpu_millicores, cpu_millicores, memory_bytes, memory_bytes)
    return {
        name: count(mine) + (count(beside) if workload.mesh else 0)
        for name, count, mine, beside in zip(_MEASURES, counted, own, proxy, strict=True)
    }
