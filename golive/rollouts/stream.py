"""Looks at the cluster of a stack, through the toolchain's command: it knows which cluster that is, and its keys."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from golive.releases.history import LedgerError
from golive.rollouts.fields import Json, listed, text

END_SECONDS = 10


@dataclass(frozen=True, kw_only=True)
class Look:
    """What the cluster said once."""

    at: datetime
    rollouts: tuple[Json, ...] = ()
    runs: tuple[Json, ...] = ()
    fault: str = ""
    """Why the cluster said nothing; empty where it did."""


@contextmanager
def looks(stack: str, namespaces: Sequence[str]) -> Iterator[Iterator[Look]]:
    """Look once a second, until the caller has seen enough. Raises ``LedgerError`` where nothing can be looked at."""
    if not Path("toolchain", "__main__.py").is_file():
        raise LedgerError("the current folder is no checkout of golive. Run this where Pulumi.yaml lies")
    where = [word for namespace in namespaces for word in ("--namespace", namespace)]
    command = [sys.executable, "-m", "toolchain", "rollouts", "--stack", stack, *where]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as toolchain:  # noqa: S603 - our own toolchain
        try:
            yield _read(toolchain, stack)
        finally:
            toolchain.terminate()
            toolchain.wait(END_SECONDS)


def _read(toolchain: subprocess.Popen[str], stack: str) -> Iterator[Look]:
    for line in toolchain.stdout or ():
        yield parse(line)
    raise LedgerError(f"the cluster of {stack} can't be watched; the lines above say why")


def parse(line: str) -> Look:
    """Read one line. Raises ``LedgerError`` for what is none of the toolchain's."""
    try:
        found = json.loads(line)
        at = datetime.fromisoformat(found["at"])
        fault = text(found, "fault")
        whole = bool(fault) or all(isinstance(found[key], list) for key in ("rollouts", "runs"))
    except (ValueError, TypeError, KeyError):
        whole = False
    if not whole:
        raise LedgerError(f"the toolchain said {line.strip()[:80]!r} instead of what the cluster runs")
    return Look(at=at, rollouts=tuple(listed(found, "rollouts")), runs=tuple(listed(found, "runs")), fault=fault)
