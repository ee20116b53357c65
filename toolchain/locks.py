"""One builder at a time, whatever the number of checkouts and terminals."""

import fcntl
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


def take(path: Path) -> IO[str] | None:
    """Take the lock on ``path`` for as long as the returned file is open; ``None`` where somebody else holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = path.open("a")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        return None
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
