"""``make cluster``, ``make cluster-status``, ``make cluster-down``."""

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace

from toolchain.build import build
from toolchain.cluster import health
from toolchain.cluster.components import WITHOUT_PROMETHEUS
from toolchain.cluster.layout import HERE, Layout
from toolchain.cluster.processes import holder
from toolchain.cluster.record import Phase, State, read
from toolchain.cluster.running import Cluster, absence, running, runs
from toolchain.cluster.status import text
from toolchain.errors import ToolchainError
from toolchain.golang import Say
from toolchain.locks import held, locked
from toolchain.paths import CHECKOUT
from toolchain.recipes import CLUSTER

SUPERVISOR = (sys.executable, "-m", "toolchain.cluster.start")
START_SECONDS = 600.0
"""How long a start may take on a busy machine before it is given up; it takes some 20 seconds on an idle one."""
ANSWER_SECONDS = 60.0
"""How long a cluster that runs may take to answer again."""
STOP_SECONDS = 60.0
LEFTOVER_SECONDS = 5.0
LOOK_EVERY = 0.1
_DETACHED: list[subprocess.Popen[bytes]] = []
"""Supervisors that outlive this process; Python complains of a child that is forgotten while it runs."""


def say_aloud(line: str) -> None:
    """Print one line of progress."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201 - the toolchain's own voice


def up(say: Say = say_aloud, layout: Layout = HERE) -> Cluster:
    """Start this checkout's cluster where it does not run, built first where the cache lacks it, and return it.

    Raises ``ToolchainError`` with the last words of what failed; whatever had started was stopped then. One that runs
    and does not answer is waited for, and left as it is.
    """
    build(CLUSTER, say)
    with locked(layout.turn, _waiting(say)):
        if found := running(layout):
            return found
        if runs(layout):
            say(f"this checkout's cluster: {absence(layout)}; waiting for it, at most {ANSWER_SECONDS:.0f} s")
            return _await(layout, say, ANSWER_SECONDS)
        if held(layout.lock):
            say("this checkout's cluster is already on its way up, or down; waiting for it")
        else:
            _end_leftovers(layout, say)
            say("starting Kubernetes ...")
            _launch(layout)
        try:
            return _await(layout, say, START_SECONDS)
        except BaseException:
            _stop(layout)
            say("the half-started cluster was stopped")
            raise


def down(say: Say = say_aloud, layout: Layout = HERE) -> None:
    """Stop this checkout's cluster; what it remembers stays for the next start."""
    with locked(layout.turn, _waiting(say)):
        if held(layout.lock):
            say("stopping the cluster ...")
            _stop(layout)
            say(f"the cluster is stopped; its data stays in {layout.data} for the next start")
        else:
            _end_leftovers(layout, say)
            say("no cluster of this checkout is running")


def status(say: Say = say_aloud, layout: Layout = HERE) -> int:
    """Say what each component does, and return 0 only if all is well."""
    record = read(layout.record)
    well, lines = text(record, layout, alive=held(layout.lock), asked=_asked(layout))
    for line in lines:
        say(line)
    return 0 if well else 1


def _asked(layout: Layout) -> Callable[[str], bool]:
    """Return what tells whether an address answers that all is well."""
    try:
        trusting = health.context(layout.private, "supervisor")
    except OSError:
        return lambda _: False
    return lambda address: health.ask(address, trusting)[0] == health.OK


def _waiting(say: Say) -> Callable[[], None]:
    return lambda: say("another golive starts or stops this checkout's cluster; waiting for it")


def _launch(layout: Layout) -> None:
    """Start the supervisor, detached from this terminal, and wait until it holds its lock or has ended."""
    layout.logs.mkdir(parents=True, exist_ok=True)
    for old in layout.logs.glob("*.log"):
        old.replace(old.with_suffix(".log.before"))
    if before := read(layout.record):
        replace(before, phase=Phase.STOPPED, said="", components=()).write(layout.record)
    with layout.log("supervisor").open("ab") as log:
        process = subprocess.Popen(
            SUPERVISOR, cwd=CHECKOUT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    _DETACHED.append(process)
    while process.poll() is None and not held(layout.lock):
        time.sleep(LOOK_EVERY)


def _await(layout: Layout, say: Say, seconds: float) -> Cluster:
    said = ""
    deadline = time.monotonic() + seconds
    while held(layout.lock) and time.monotonic() < deadline:
        if found := running(layout):
            return found
        record = read(layout.record)
        if record and record.phase is Phase.STARTING and record.said not in ("", said):
            said = record.said
            say(f"{said} ...")
        time.sleep(LOOK_EVERY)
    raise ToolchainError(_why(layout))


def _stop(layout: Layout) -> None:
    if supervisor := holder(layout.lock):
        supervisor.stop(STOP_SECONDS)
    _end_leftovers(layout, say_aloud)


def _end_leftovers(layout: Layout, say: Say) -> None:
    """End what a killed supervisor has left, where the kernel did not do so by itself."""
    record = read(layout.record)
    left = [process for process in record.processes if process.alive] if record else []
    for process in left:
        process.stop(LEFTOVER_SECONDS)
    if left:
        say(f"ended {len(left)} processes that a killed supervisor had left")


def _why(layout: Layout) -> str:
    record = read(layout.record)
    if runs(layout):
        again = "`make cluster-down`, then `make cluster` starts it again; nothing that is deployed in it gets lost"
        return f"This checkout's cluster: {absence(layout)}. {again}."
    failed = "The cluster could not be started"
    if record and record.phase is Phase.FAILED:
        return f"{failed}: {record.said}"
    if record and (
        unwell := [each.name for each in record.components if each.state not in (State.RUNNING, State.MISSING)]
    ):
        return f"{failed}: {', '.join(unwell)} did not get ready. See {layout.logs}."
    last = layout.last_line("supervisor") or "(empty)"
    return f"{failed}. The last line of {layout.log('supervisor')}: {last}"


def act(action: str, say: Say) -> int:
    """Do what ``python -m toolchain cluster ACTION`` asks for, and return the exit code."""
    match action:
        case "build":
            build(CLUSTER, say)
        case "status":
            return status(say)
        case "down":
            down(say)
        case _:
            cluster = up(say)
            say(f"cluster: Kubernetes {cluster.version} at {cluster.server}")
            say(f"kubeconfig: {cluster.kubeconfig}")
            if cluster.prometheus is None:
                say(f"prometheus: {WITHOUT_PROMETHEUS}")
    return 0
