"""Running programs beside each other and summing up what they took."""

import os
import signal
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LAUNCH = Path(__file__).with_name("launch.py")
PATIENCE = 100.0
"""Seconds after which one program has been measured long enough."""
LONGEST = 600.0
"""Seconds after which a single run is given up."""


@dataclass(frozen=True, kw_only=True)
class Command:
    """A program to measure."""

    name: str
    arguments: Sequence[str]
    folder: Path
    environment: Mapping[str, str] | None = None
    expected: frozenset[int] = frozenset({0, 1})
    """The exit codes of a run that did its work: linters that find something say so by 1."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run."""

    seconds: float
    peak: int
    """The largest resident memory of the process, or of one of its children, in bytes."""


@dataclass(frozen=True, kw_only=True)
class Summary:
    """Several runs of one program."""

    runs: int
    median: float
    least: float
    most: float
    peak: int

    @classmethod
    def of(cls, runs: Sequence[Run]) -> "Summary":
        """The median of the seconds and their extremes; the highest peak. Raises ``ValueError`` for no run."""
        if not runs:
            raise ValueError("there is no run to sum up")
        seconds = [run.seconds for run in runs]
        return cls(
            runs=len(runs),
            median=statistics.median(seconds),
            least=min(seconds),
            most=max(seconds),
            peak=max(run.peak for run in runs),
        )

    def told(self) -> dict[str, Any]:
        """As JSON: seconds, and bytes of memory."""
        return {
            "runs": self.runs,
            "seconds": {"median": self.median, "least": self.least, "most": self.most},
            "peakBytes": self.peak,
        }


class FailedError(Exception):
    """A program that was to be measured did not do its work."""


def run(command: Command, log: Path) -> Run:
    """Run once; its output goes to ``log``. Raises ``FailedError`` with the output's end, or after ``LONGEST``."""
    seconds, peak, code = _launched(command, log).split()
    if int(code) not in command.expected:
        last = log.read_text(encoding="utf-8", errors="replace")[-2000:]
        raise FailedError(f"{command.name} ended with exit code {code}:\n{last}")
    return Run(seconds=float(seconds), peak=int(peak) * 1024)


def _launched(command: Command, log: Path) -> str:
    """What the launcher prints. Whatever ends the wait ends the program, and all that it started."""
    launcher = [sys.executable, "-I", "-S", str(LAUNCH), str(log), *command.arguments]
    with subprocess.Popen(
        launcher,
        cwd=command.folder,
        env=command.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as started:
        try:
            told, _ = started.communicate(timeout=LONGEST)
        except subprocess.TimeoutExpired:
            os.killpg(started.pid, signal.SIGKILL)
            said = f"{command.name} was given up after {LONGEST:.0f} s. Try again on a quieter machine."
            raise FailedError(said) from None
        except BaseException:
            os.killpg(started.pid, signal.SIGKILL)
            raise
    if started.returncode:
        raise FailedError(f"{command.name} could not be started.")
    return told


def interleaved(
    commands: Sequence[Command],
    repetitions: int,
    once: Callable[[Command], Run],
    patience: float = PATIENCE,
    say: Callable[[str], None] = lambda _: None,
) -> dict[str, Summary]:
    """Run all in turn, again and again, so that whatever else the machine does meets all alike.

    What has taken more than ``patience`` seconds in all is not run again. ``say`` is told of each run.
    """
    runs: dict[str, list[Run]] = {command.name: [] for command in commands}
    for number in range(1, repetitions + 1):
        for command in commands:
            if sum(run.seconds for run in runs[command.name]) <= patience:
                made = once(command)
                runs[command.name].append(made)
                say(f"  {number} of {repetitions}: {command.name}: {made.seconds:.1f} s")
    return {name: Summary.of(found) for name, found in runs.items()}


def ratios(summaries: Mapping[str, Summary], base: str) -> dict[str, float]:
    """How many times as long as ``base`` each takes, by medians."""
    return {name: summary.median / summaries[base].median for name, summary in summaries.items()}


def growth(small: Mapping[str, Summary], large: Mapping[str, Summary]) -> dict[str, dict[str, float]]:
    """How many times the seconds and the memory of the small input the large one takes."""
    return {
        name: {"seconds": large[name].median / small[name].median, "peak": large[name].peak / small[name].peak}
        for name in _both(small, large)
    }


def _both(small: Mapping[str, Summary], large: Mapping[str, Summary]) -> Iterable[str]:
    return (name for name in small if name in large)
