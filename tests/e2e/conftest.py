"""One copy of the checkout whose cluster runs for the whole session, and what its tests need of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.checkouts import Copy
from tests.support.fresh_copy import fresh_copy
from tests.support.own_cluster import OwnCluster
from toolchain.cluster import Cluster

LONGEST_FIRST = (
    "test_canary",
    "test_up",
    "test_blue_green",
    "test_mesh",
    "test_releases",
    "test_readme",
    "test_cluster",
    "test_stand_in",
)
"""A worker takes a file at a time, and none should begin with a long one when the others are done."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first, each in its own order."""
    rank = {name: place for place, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: rank.get(Path(item.path).stem, len(rank)))


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """A copy of the checkout, with its own state and its own cluster, where a canary's stages last a second each."""
    found = fresh_copy(tmp_path_factory.mktemp("session") / "checkout")
    found.edit("Pulumi.dev.yaml", lambda text: text.replace("soak: 10s", "soak: 1s"))
    return found


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
