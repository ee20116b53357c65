"""Who runs, who is whose, and what is said about it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.support.cluster_records import record, seen
from toolchain import cluster as public
from toolchain.cluster import verbs
from toolchain.cluster.components import Component
from toolchain.cluster.layout import Layout
from toolchain.cluster.processes import Process, born, die_with_parent, holder, identify, sign
from toolchain.cluster.record import Phase
from toolchain.cluster.supervisor import LONGEST_PAUSE, pause
from toolchain.errors import ToolchainError
from toolchain.locks import take

SLEEPER = (sys.executable, "-c", "import time; time.sleep(600)")
SECONDS = 20.0


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
