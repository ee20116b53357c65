"""Who runs, who is whose, and what is said about it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from toolchain import cluster as public
from toolchain.cluster import verbs
from toolchain.cluster.components import Component
from toolchain.cluster.layout import Layout
from toolchain.cluster.processes import Process, born, die_with_parent, holder, identify, sign
from toolchain.cluster.record import Phase, Record, Seen, State, read
from toolchain.cluster.running import absence, kubeconfig, running
from toolchain.cluster.status import text
from toolchain.cluster.supervisor import LONGEST_PAUSE, pause
from toolchain.errors import ToolchainError
from toolchain.locks import take

SLEEPER = (sys.executable, "-c", "import time; time.sleep(600)")
SECONDS = 20.0


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """An empty place for a cluster."""
    folder = tmp_path / "cluster"
    folder.mkdir()
    return Layout(folder)


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    """A process that does nothing."""
    with subprocess.Popen(SLEEPER) as process:
        yield process
        process.kill()


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def record(layout: Layout, *components: Seen, phase: Phase = Phase.RUNNING, said: str = "") -> Record:
    return Record(
        folder=os.path.realpath(layout.folder),
        phase=phase,
        supervisor=identify(os.getpid()),
        said=said,
        server="https://127.0.0.1:20001",
        version="v1.36.3",
        ports={"etcd": 20_002},
        components=components,
    )


def seen(name: str = "etcd", state: State = State.RUNNING, said: str = "") -> Seen:
    me = identify(os.getpid())
    return Seen(name=name, state=state, version="v3.6.8", port=20_002, health="http://x", process=me, said=said)


def test_a_process_is_known_by_its_birth(sleeper: subprocess.Popen[bytes]) -> None:
    process = identify(sleeper.pid)
    stranger = replace(process, born="another time")

    assert process.alive
    assert not stranger.alive
    stranger.stop(SECONDS)
    assert sleeper.poll() is None
    process.stop(SECONDS)
    assert not process.alive


def test_a_zombie_is_dead(sleeper: subprocess.Popen[bytes]) -> None:
    process = identify(sleeper.pid)
    os.kill(sleeper.pid, signal.SIGKILL)

    eventually(lambda: not process.alive)
    assert born(sleeper.pid) is None


def test_what_ignores_a_polite_word_is_ended_by_force() -> None:
    script = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(600)"
    with subprocess.Popen((sys.executable, "-c", script), stdout=subprocess.PIPE) as stubborn:
        assert stubborn.stdout is not None
        stubborn.stdout.readline()
        identify(stubborn.pid).stop(0.2)
        assert stubborn.wait(SECONDS) == -signal.SIGKILL


def test_a_process_that_is_gone_is_never_alive() -> None:
    with subprocess.Popen((sys.executable, "-c", "")) as ended:
        ended.wait()
    assert not identify(ended.pid).alive


def test_a_child_dies_with_its_parent() -> None:
    script = (
        "import subprocess, sys, time\n"
        "from toolchain.cluster.processes import die_with_parent\n"
        "sleep = [sys.executable, '-c', 'import time; time.sleep(600)']\n"
        "child = subprocess.Popen(sleep, preexec_fn=die_with_parent())\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    with subprocess.Popen((sys.executable, "-c", script), stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = identify(int(parent.stdout.readline()))
        assert child.alive
        parent.kill()
    if sys.platform != "linux":  # whose kernel alone does so; elsewhere the next verb does
        child.stop(SECONDS)
    eventually(lambda: not child.alive)


def test_the_preparation_of_a_child_lets_it_start() -> None:
    assert subprocess.run((sys.executable, "-c", ""), preexec_fn=die_with_parent(), check=False).returncode == 0


def test_restarts_wait_longer_and_longer_but_never_too_long() -> None:
    assert [pause(deaths) for deaths in (1, 2, 3, 4, 5, 6, 7, 100_000)] == [1, 2, 4, 8, 16, *[LONGEST_PAUSE] * 3]


def test_a_record_is_read_as_it_was_written(layout: Layout) -> None:
    written = record(layout, seen(), replace(seen("kwok"), process=None, state=State.RESTARTING, restarts=2, said="x"))
    written.write(layout.record)

    assert read(layout.record) == written
    assert layout.record.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("damage", ["", "{", "[]", "{}", '{"folder": 1}', "null"])
def test_a_damaged_record_is_none(layout: Layout, damage: str) -> None:
    layout.record.write_text(damage)

    assert read(layout.record) is None


def test_the_record_of_a_copied_checkout_is_not_its_own(layout: Layout, tmp_path: Path) -> None:
    record(layout, seen()).write(layout.record)
    copied = Layout(tmp_path / "copied")
    copied.folder.mkdir()
    copied.record.write_bytes(layout.record.read_bytes())

    assert read(copied.record) is None
    assert running(copied) is None


def test_a_cluster_that_does_not_answer_is_not_running_and_keeps_its_kubeconfig(layout: Layout) -> None:
    assert kubeconfig(layout) is None
    record(layout, seen()).write(layout.record)

    assert running(layout) is None
    assert kubeconfig(layout) == layout.kubeconfig
    record(layout, seen(), phase=Phase.STOPPING).write(layout.record)
    assert kubeconfig(layout) is None


def test_a_lock_says_who_holds_it(layout: Layout) -> None:
    assert holder(layout.lock) is None
    for _ in range(2):
        lock = take(layout.lock)
        assert lock is not None
        with lock:
            sign(lock)
    assert holder(layout.lock) == identify(os.getpid())
    layout.lock.write_text("?")
    assert holder(layout.lock) is None


def test_status_of_a_cluster_that_is_well(layout: Layout) -> None:
    well, lines = text(record(layout, seen()), layout, alive=True, asked=lambda _: True)

    assert well
    assert lines == [
        "cluster: running, Kubernetes v1.36.3 at https://127.0.0.1:20001",
        f"COMPONENT  STATE    {'PID'.ljust(len(str(os.getpid())))}  PORT   RESTARTS  VERSION",
        f"etcd       running  {str(os.getpid()).ljust(3)}  20002  0         v3.6.8",
        f"logs: {layout.logs}",
    ]


def test_status_of_a_component_that_dies_again_and_again(layout: Layout) -> None:
    layout.logs.mkdir()
    layout.log("kwok").write_text("panic: no room\n")
    dying = replace(seen("kwok", State.RESTARTING, "it ended with exit code 2"), process=None, restarts=3)

    well, lines = text(record(layout, seen(), dying), layout, alive=True, asked=lambda _: True)

    assert not well
    assert lines[3].split() == ["kwok", "restarting", "-", "20002", "3", "v3.6.8"]
    assert lines[4:] == [
        "kwok: it ended with exit code 2",
        "kwok's log ends with: panic: no room",
        f"logs: {layout.logs}",
    ]


@pytest.mark.parametrize(
    ("component", "words"),
    [
        (seen(), "etcd: it runs, but does not answer that it is well"),
        (replace(seen(), process=Process(1, "never")), "etcd: its process is gone"),
    ],
)
def test_status_does_not_believe_an_old_record(layout: Layout, component: Seen, words: str) -> None:
    well, lines = text(record(layout, component), layout, alive=True, asked=lambda _: False)

    assert not well
    assert words in lines


def test_a_missing_prometheus_is_named_and_no_fault(layout: Layout) -> None:
    missing = Seen(name="prometheus", state=State.MISSING, version="", port=0, said="not on PATH: nobody to ask")

    well, lines = text(record(layout, seen(), missing), layout, alive=True, asked=lambda _: True)

    assert well
    assert lines[3].split() == ["prometheus", "missing", "-", "-", "0", "-"]
    assert "prometheus: not on PATH: nobody to ask" in lines


@pytest.mark.parametrize(
    ("phase", "said", "first"),
    [
        (None, "", "cluster: not running"),
        (Phase.STOPPED, "", "cluster: not running"),
        (Phase.FAILED, "no disk", "cluster: not running; the last start failed: no disk"),
        (Phase.RUNNING, "", f"cluster: not running; its supervisor (pid {os.getpid()}) ended without notice"),
    ],
    ids=["never started", "stopped", "failed", "killed"],
)
def test_status_of_a_cluster_that_does_not_run(layout: Layout, phase: Phase | None, said: str, first: str) -> None:
    last = record(layout, phase=phase, said=said) if phase else None

    well, lines = text(last, layout, alive=False, asked=lambda _: True)

    assert not well
    assert lines == [first, "start it with `make cluster`"]


def test_a_starting_cluster_is_not_yet_well(layout: Layout) -> None:
    starting = record(layout, seen(), phase=Phase.STARTING, said="waiting for kwok")

    well, lines = text(starting, layout, alive=True, asked=lambda _: True)

    assert not well
    assert lines[0].endswith("(waiting for kwok)")


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is left to build."""
    monkeypatch.setattr(verbs, "build", lambda _recipes, _say: None)


def as_supervisor(monkeypatch: pytest.MonkeyPatch, layout: Layout, script: str) -> None:
    """Start ``script`` in place of the supervisor; it holds the lock, and finds its folder in ``folder``."""
    whole = (
        "import pathlib, sys, time, signal\n"
        "from toolchain.locks import take\n"
        "from toolchain.cluster.processes import sign\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "lock = take(folder / 'supervisor.lock')\n"
        "sign(lock)\n"
    )
    monkeypatch.setattr(verbs, "SUPERVISOR", (sys.executable, "-c", whole + script, str(layout.folder)))


@pytest.mark.usefixtures("built")
def test_a_supervisor_that_breaks_is_reported_by_its_last_words(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_supervisor(monkeypatch, layout, "sys.exit('no such module')")
    said: list[str] = []

    with pytest.raises(ToolchainError, match=r"could not be started\. The last line of .*: no such module"):
        verbs.up(said.append, layout)

    assert said == ["starting Kubernetes ...", "the half-started cluster was stopped"]


@pytest.mark.usefixtures("built")
def test_a_start_that_fails_says_why(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    record(layout, phase=Phase.FAILED, said="an older failure").write(layout.record)
    failed = json.dumps(json.loads(layout.record.read_text()) | {"said": "etcd did not get ready"})
    as_supervisor(monkeypatch, layout, f"(folder / 'record.json').write_text({failed!r})")

    with pytest.raises(ToolchainError, match="could not be started: etcd did not get ready"):
        verbs.up(lambda _: None, layout)


@pytest.mark.usefixtures("built")
def test_a_cluster_that_hangs_is_named_and_left_as_it_is(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verbs, "ANSWER_SECONDS", 0.2)
    monkeypatch.setattr(verbs, "_stop", lambda _: pytest.fail("it was stopped"))
    record(layout, seen()).write(layout.record)
    said: list[str] = []
    lock = take(layout.lock)
    assert lock is not None

    with lock, pytest.raises(ToolchainError, match=r"it runs, but https://127.* does not answer .*`make cluster-down`"):
        verbs.up(said.append, layout)

    assert len(said) == 1
    assert said[0].startswith("this checkout's cluster: it runs, but https://127.0.0.1:20001 does not answer")


@pytest.mark.parametrize(
    ("phase", "words"),
    [
        (None, "none is running"),
        (Phase.STOPPED, "none is running"),
        (Phase.FAILED, "none is running"),
        (Phase.STARTING, "it is starting"),
        (Phase.STOPPING, "it is stopping"),
        (Phase.RUNNING, "it runs, but https://127.0.0.1:20001 does not answer (`make cluster-status` says more)"),
    ],
)
def test_says_why_there_is_no_cluster(layout: Layout, phase: Phase | None, words: str) -> None:
    if phase is not None:
        record(layout, phase=phase).write(layout.record)

    assert absence(layout) == words


@pytest.mark.usefixtures("built")
def test_an_interrupted_start_leaves_no_supervisor(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    as_supervisor(monkeypatch, layout, "time.sleep(600)")

    def interrupted(_layout: Layout, _say: object, _seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(verbs, "_await", interrupted)
    with pytest.raises(KeyboardInterrupt):
        verbs.up(lambda _: None, layout)

    supervisor = holder(layout.lock)
    assert supervisor is not None
    assert not supervisor.alive


def test_stopping_what_does_not_run_says_so(layout: Layout) -> None:
    said: list[str] = []
    verbs.down(said.append, layout)

    assert said == ["no cluster of this checkout is running"]


def test_what_a_killed_supervisor_left_is_ended(layout: Layout, sleeper: subprocess.Popen[bytes]) -> None:
    """As on a system whose kernel does not end children with their parent."""
    left = replace(seen(), process=identify(sleeper.pid))
    stranger = replace(seen("kwok"), process=Process(os.getpid(), "another time"))
    record(layout, left, stranger).write(layout.record)
    said: list[str] = []

    verbs.down(said.append, layout)

    assert sleeper.wait(SECONDS) == -signal.SIGTERM
    assert said == ["ended 1 processes that a killed supervisor had left", "no cluster of this checkout is running"]


def test_what_others_need_is_public() -> None:
    assert set(public.__all__) >= {"Cluster", "running", "up", "down", "status", "kubectl"}
    assert Component.__doc__
