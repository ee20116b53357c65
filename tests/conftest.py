"""What tests of several rooms need around them."""

import threading
from collections.abc import Iterator

import pytest

from toolchain.plugins.awaiting import feed


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
