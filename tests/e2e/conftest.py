"""One copy of the checkout whose cluster runs for the whole session, and what its tests need of it."""

from collections.abc import Iterator

import pytest
from checkouts import Copy
from fresh_copy import fresh_copy
from own_cluster import OwnCluster

from toolchain.cluster import Cluster


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """A copy of the checkout, with its own state and its own cluster."""
    return fresh_copy(tmp_path_factory.mktemp("session") / "checkout")


@pytest.fixture(scope="session")
def own_cluster(checkout: Copy) -> Iterator[OwnCluster]:
    """The copy's cluster, started; stopped at the end, when no process of it may be left."""
    own = OwnCluster(checkout)
    seen = own.act("up")
    assert seen.code == 0, seen.output
    yield own
    processes = own.processes()
    assert own.act("down").code == 0
    assert [name for name, process in processes.items() if process.alive] == []


@pytest.fixture(scope="session")
def cluster(own_cluster: OwnCluster) -> Cluster:
    """The session's cluster, as the toolchain knows it: kubeconfig, server, version, Prometheus."""
    found = own_cluster.running()
    assert found is not None
    return found
