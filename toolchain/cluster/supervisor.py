"""The supervisor: starts the components in their order, restarts what dies, and takes all of them along when it ends.

It ends when it is asked to (SIGTERM), when the cluster can't be started, and when the cluster's folder is removed.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from toolchain.cluster import health
from toolchain.cluster.components import Component
from toolchain.cluster.layout import Layout
from toolchain.cluster.processes import Process, die_with_parent, identify
from toolchain.cluster.record import Phase, Record, Seen, State
from toolchain.errors import ToolchainError

TICK = 0.1
"""Seconds between two looks at the components."""
READY_SECONDS = 150.0
"""How long a component may take to get well, on a machine that is busy with something else."""
CALM_SECONDS = 60.0
"""How long a component must have run for its next death to count as its first."""
LONGEST_PAUSE = 30.0
DEATHS_AT_START = 3
"""How many times a component may die before the cluster runs."""
STOP_SECONDS = 10.0
"""How long a component that was asked to end may take before it is killed."""
SERVERS = 2
"""How many of the components, the first ones, the others depend on."""


def pause(deaths: int) -> float:
    """Seconds before the restart after a number of deaths in a row: 1, 2, 4, ... and never more than half a minute."""
    return min(2.0 ** min(deaths - 1, 10), LONGEST_PAUSE)


@dataclass
class Supervised:
    """One component and its process."""

    component: Component
    child: subprocess.Popen[bytes] | None = None
    process: Process | None = None
    state: State = State.WAITING
    deaths: int = 0
    restarts: int = 0
    started: float = 0.0
    due: float = 0.0
    said: str = ""

    def seen(self) -> Seen:
        """What the record says about it."""
        return Seen(
            name=self.component.name,
            state=self.state,
            version=self.component.version,
            port=self.component.port,
            health=self.component.health,
            process=self.process,
            restarts=self.restarts,
            said=self.said,
        )


class Supervisor:
    """Keeps a cluster's processes, and its record up to date."""

    def __init__(
        self, layout: Layout, record: Record, components: Sequence[Component], missing: Sequence[Seen]
    ) -> None:
        self._layout = layout
        self._record = record
        self._all = [Supervised(component) for component in components]
        self._missing = tuple(missing)
        self._stopping = False
        self._folder = layout.folder.stat().st_ino
        self._context = health.context(layout.private, "supervisor")

    def stop_when_asked(self) -> None:
        """Turn SIGTERM and SIGINT into an orderly end."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._asked_to_stop)

    def _asked_to_stop(self, _number: int, _frame: object) -> None:
        self._stopping = True

    def live(self, begin: Callable[[], None]) -> None:
        """Begin, watch until the end, and leave nothing behind; why it failed stands in the record."""
        failed = ""
        try:
            begin()
            self._watch()
        except InterruptedError:
            pass
        except (ToolchainError, OSError, ValueError) as problem:
            failed = str(problem)
        finally:
            self.note(Phase.STOPPING, failed)
            self._end()
        self.note(Phase.FAILED if failed else Phase.STOPPED, failed)

    def start(self, names: Sequence[str]) -> None:
        """Start the named components and wait until each is well.

        Raises ``ToolchainError`` with the last words of one that is late, ``InterruptedError`` when asked to stop.
        """
        starting = [each for each in self._all if each.component.name in names]
        self.note(Phase.STARTING, f"waiting for {', '.join(names)}")
        for each in starting:
            self._spawn(each)
        self._write()
        deadline = time.monotonic() + READY_SECONDS
        while waiting := [each for each in starting if each.state is not State.RUNNING]:
            self._look()
            for each in waiting:
                if each.deaths >= DEATHS_AT_START or time.monotonic() > deadline:
                    raise ToolchainError(f"{each.component.name} did not get ready: {self._words(each)}")
                if self._well(each):
                    self._write()

    def note(self, phase: Phase, said: str = "", version: str | None = None) -> None:
        """Write down what the cluster is at, and the server's version once it is known."""
        self._record = replace(self._record, phase=phase, said=said, version=version or self._record.version)
        self._write()

    def _watch(self) -> None:
        """Restart what dies, until asked to stop or the folder is removed."""
        while True:
            self._look()

    def run(self, command: Sequence[str], log: str) -> None:
        """Run a command of the cluster's own to its end, its words in ``log``; raise ``ToolchainError`` if it fails."""
        each = Supervised(Component(name=log, version="", command=tuple(command), port=0, health=""))
        self._spawn(each)
        assert each.child is not None  # noqa: S101 - just started
        while each.child.poll() is None:
            try:
                self._look()
            except InterruptedError:
                each.child.kill()
                each.child.wait()
                raise
        if each.child.returncode != 0:
            raise ToolchainError(f"{log} failed: {self._layout.last_line(log)}")

    def _end(self) -> None:
        """Stop everything: what speaks to the API server, then the API server, then the database."""
        servers = self._all[:SERVERS]
        for group in (self._all[SERVERS:], *([each] for each in reversed(servers))):
            for each in group:
                if each.child and each.child.poll() is None:
                    each.child.terminate()
            for each in group:
                self._bring_to_its_end(each)

    def _bring_to_its_end(self, each: Supervised) -> None:
        if each.child:
            try:
                each.child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                each.child.kill()
                each.child.wait()
        each.child = each.process = None
        each.state = State.STOPPED

    def _look(self) -> None:
        """Take note of the dead, restart those whose time has come, bound the logs, and wait a tick."""
        if self._stopping or not self._at_home():
            raise InterruptedError
        for each in self._all:
            self._layout.bound_log(each.component.name)
            if each.child and each.child.poll() is not None:
                self._bury(each)
            elif each.state is State.RESTARTING and time.monotonic() >= each.due:
                each.restarts += 1
                self._spawn(each)
                self._write()
            elif self._record.phase is Phase.RUNNING and self._well(each):
                each.said = ""
                self._write()
        time.sleep(TICK)

    def _well(self, each: Supervised) -> bool:
        """Take note of a starting component that has got well, and say whether it just has."""
        if each.state is not State.STARTING or health.ask(each.component.health, self._context)[0] != health.OK:
            return False
        each.state = State.RUNNING
        return True

    def _bury(self, each: Supervised) -> None:
        assert each.child is not None  # noqa: S101 - it has just died
        calm = time.monotonic() - each.started > CALM_SECONDS
        each.deaths = 1 if calm else each.deaths + 1
        each.said = f"it ended with {_how(each.child.returncode)}"
        each.child = each.process = None
        each.state = State.RESTARTING
        each.due = time.monotonic() + pause(each.deaths)
        self._write()

    def _spawn(self, each: Supervised) -> None:
        component = each.component
        with self._layout.log(component.name).open("ab") as log:
            each.child = subprocess.Popen(
                component.command,
                cwd=self._layout.folder,
                env={"PATH": os.defpath, "HOME": str(self._layout.generated), **component.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=die_with_parent(),  # noqa: PLW1509 - the supervisor has one thread
            )
        each.process = identify(each.child.pid)
        each.started = time.monotonic()
        each.state = State.STARTING

    def _words(self, each: Supervised) -> str:
        name = each.component.name
        last = f"the last line of {self._layout.log(name)}: {self._layout.last_line(name) or '(empty)'}"
        return f"{each.said}; {last}" if each.said else last

    def _at_home(self) -> bool:
        """Whether the cluster's folder is still the one that this supervisor was started for."""
        try:
            return self._layout.folder.stat().st_ino == self._folder
        except OSError:
            return False

    def _write(self) -> None:
        seen = (*(each.seen() for each in self._all), *self._missing)
        self._record = replace(self._record, components=seen)
        with suppress(OSError):  # a full disk is no reason to stop; who reads an old record asks the components anyway
            if self._at_home():
                self._record.write(self._layout.record)


def _how(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
