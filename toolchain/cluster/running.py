"""Whether this checkout's cluster runs, proven by asking it."""

from dataclasses import dataclass
from pathlib import Path

from toolchain.cluster import health
from toolchain.cluster.layout import HERE, Layout
from toolchain.cluster.record import Phase, Record, read
from toolchain.recipes import KUBERNETES


def kubectl() -> Path:
    """Return the kubectl of the cluster's own version; it is there as soon as a cluster was started."""
    return KUBERNETES.result / "kubectl"


@dataclass(frozen=True)
class Cluster:
    """A cluster that answers."""

    kubeconfig: Path
    """Of an administrator; readable by the owner alone."""
    server: str
    """Address of the API server, on loopback."""
    version: str
    """As the server reports it, such as ``v1.36.3``."""
    prometheus: str | None
    """Address of Prometheus, or ``None`` where there is none on this machine."""


def running(layout: Layout = HERE) -> Cluster | None:
    """Return this checkout's cluster if it is ready, ``None`` otherwise.

    The API server is asked with this checkout's certificates, which no other cluster's server would accept.
    """
    record = read(layout.record)
    if record is None or not _started(record):
        return None
    try:
        trusting = health.context(layout.private, "supervisor")
    except OSError:
        return None
    status, _ = health.ask(f"{record.server}/readyz", trusting)
    if status != health.OK:
        return None
    return Cluster(layout.kubeconfig, record.server, record.version, record.prometheus)


def kubeconfig(layout: Layout = HERE) -> Path | None:
    """Return what connects with this checkout's cluster, answering now or not; ``None`` where none runs."""
    return layout.kubeconfig if runs(layout) else None


def runs(layout: Layout = HERE) -> bool:
    """Say whether this checkout's cluster had started well and is kept running, be it that it does not answer now."""
    record = read(layout.record)
    return record is not None and _started(record)


def absence(layout: Layout = HERE) -> str:
    """Say in words why ``running`` returns no cluster: none runs, it starts or stops, or it does not answer."""
    record = read(layout.record)
    if record is None or not record.supervisor.alive or record.phase in (Phase.STOPPED, Phase.FAILED):
        return "none is running"
    if _started(record):
        return f"it runs, but {record.server} does not answer (`make cluster-status` says more)"
    return f"it is {record.phase}"


def _started(record: Record) -> bool:
    return record.phase is Phase.RUNNING and record.supervisor.alive
