"""Which process a number means: a pid alone is reused by strangers."""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Process:
    """One process for all times: its number and when it was born."""

    pid: int
    born: str

    @property
    def alive(self) -> bool:
        """Whether this very process still runs."""
        return born(self.pid) == self.born

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to this very process, and to nobody else."""
        if self.alive:
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                return

    def ended(self, seconds: float) -> bool:
        """Wait until it has ended, at most ``seconds``; say whether it has."""
        deadline = time.monotonic() + seconds
        while self.alive:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True

    def stop(self, seconds: float) -> None:
        """End it: asked politely first, by force after ``seconds``."""
        self.signal(signal.SIGTERM)
        if not self.ended(seconds):
            self.signal(signal.SIGKILL)
            self.ended(seconds)


def identify(pid: int) -> Process:
    """Identity of a running process; of one that is gone an identity that is never alive."""
    return Process(pid, born(pid) or "gone")


def born(pid: int) -> str | None:
    """When process ``pid`` began, in words that no later process of that number repeats; ``None`` if there is none.

    A process that has ended and waits for its parent to notice counts as gone.
    """
    stat = Path(f"/proc/{pid}/stat")
    if sys.platform == "linux":
        try:
            # The second field is the program's name in brackets, and may hold blanks and brackets itself.
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            return None
        state, start = fields[0], fields[19]
        return None if state in "ZX" else f"{_boot()} {start}"
    answer = subprocess.run(  # where there is no /proc, ps knows
        ["/bin/ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    state, _, start = answer.stdout.strip().partition(" ")
    return None if not state or state.startswith("Z") else start.strip()


def _boot() -> str:
    """Identity of this start of the machine: ticks since boot repeat after the next one."""
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def die_with_parent() -> Callable[[], None]:
    """Return what a child runs before it becomes its program, so that the kernel kills it when its parent dies.

    Linux alone can do that. Elsewhere the children of a killed supervisor are ended by the next verb, from its record.
    """
    parent = os.getpid()
    prctl = ctypes.CDLL(None, use_errno=True).prctl if sys.platform == "linux" else None

    def tie() -> None:
        if prctl is not None and prctl(PR_SET_PDEATHSIG, signal.SIGKILL) != 0:
            os._exit(127)
        if os.getppid() != parent:
            os._exit(127)

    return tie


def sign(lock: IO[str]) -> None:
    """Write into a lock that this process holds who holds it."""
    lock.truncate(0)
    lock.write(json.dumps(asdict(identify(os.getpid()))))
    lock.flush()


def holder(lock: Path) -> Process | None:
    """Who has signed ``lock``, dead or alive; ``None`` where nobody has."""
    try:
        return Process(**json.loads(lock.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
