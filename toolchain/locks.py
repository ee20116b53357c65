"""One builder at a time, whatever the number of checkouts and terminals."""

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def locked(path: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold an exclusive lock on ``path`` (a file beside what is built) for the length of the block.

    The kernel drops the lock when the holder dies, so a killed build never blocks the next one. ``waiting`` is called
    once when somebody else holds it, before the wait begins.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def take(path: Path, seconds: float = 0.0) -> IO[str] | None:
    """Take the lock on ``path`` for as long as the returned file is open.

    Return ``None`` where somebody else still holds it after ``seconds``.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = path.open("a")
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                handle.close()
                return None
            time.sleep(0.02)
        else:
            return handle


def held(path: Path) -> bool:
    """Whether somebody holds the lock on ``path``."""
    if not path.exists():
        return False
    handle = take(path)
    if handle is None:
        return True
    handle.close()
    return False
