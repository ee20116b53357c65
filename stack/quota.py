"""How much a namespace may use: what its services may use at their largest, in the middle of a release."""

from collections.abc import Sequence
from math import ceil

from components.platform.namespace import Quota
from settings.vocabulary import cpu_millicores, memory_bytes
from stack.join import Workload

SURGE = 0.25
"""The share of extra pods that a release of every service at once adds (``maxSurge``)."""
MEBIBYTE = 2**20


def quota(workloads: Sequence[Workload]) -> Quota:
    """Add up the largest number of pods of each service, surge and migration included, and what they may use.

    A quota that a release or the autoscaler could run into would be an outage of our own making; one without a limit
    would let a runaway service starve its neighbours.
    """
    pods = [
        (ceil(workload.capacity.replicas.max * (1 + SURGE)) + (workload.migration is not None), workload.capacity)
        for workload in workloads
    ]
    return Quota(
        pods=sum(count for count, _ in pods),
        cpu_requests=f"{sum(count * cpu_millicores(each.cpu.request) for count, each in pods)}m",
        cpu_limits=f"{sum(count * cpu_millicores(each.cpu.limit) for count, each in pods)}m",
        memory_requests=f"{ceil(sum(count * memory_bytes(each.memory.request) for count, each in pods) / MEBIBYTE)}Mi",
        memory_limits=f"{ceil(sum(count * memory_bytes(each.memory.limit) for count, each in pods) / MEBIBYTE)}Mi",
    )
