"""What tests of several rooms need around them."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from toolchain.cluster.layout import Layout
from toolchain.plugins.awaiting import feed

# How fast a machine is, and what else it does, is nothing that a test fails for.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """An empty place for a cluster."""
    folder = tmp_path / "cluster"
    folder.mkdir()
    return Layout(folder)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask again at once, as the pauses between attempts are nothing that a test could see."""
    monkeypatch.setattr(feed, "PAUSE", 0.001)
    monkeypatch.setattr(feed, "LONGEST_PAUSE", 0.01)


@pytest.fixture
def no_thread_stays() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        thread.join(timeout=5)
        assert not thread.is_alive(), f"{thread.name} goes on after the wait"
