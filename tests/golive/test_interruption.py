"""Ctrl-C, and a word from the machine to stop, end everything at once, with a word and the exit code of a shell."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.support.checkouts import COMMAND

ROOT = Path(__file__).parents[2]
INTERRUPTED = 130
LIMIT = 60
"""How many seconds an end may take before the test fails."""

AT_WORK = """
import signal, sys, threading
from golive.commands import app
from golive.planning import mock_engine
signal.signal(signal.SIGINT, signal.default_int_handler)
def program():
    print("at work", flush=True)
    threading.Event().wait()
app.app = lambda: mock_engine.plan(program)
sys.argv = ["golive", "render"]
from golive.cli import main
main()
"""
"""A verb that plans for ever."""

ENGINE = """
import os, signal, sys
from toolchain import session
signal.signal(signal.SIGINT, signal.default_int_handler)
says = ["sh", "-c", sys.argv[1]]
sys.exit(session._to_its_end(says, dict(os.environ)))
"""
"""A run of the engine, for which a shell stands in. What runs the tests in the background has Ctrl-C ignored."""


@contextmanager
def python(program: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Start a program in the checkout; afterwards nothing of it is left."""
    command = [sys.executable, "-c", program, *arguments]
    paths = os.pathsep.join([str(ROOT), str(ROOT / "policies")])
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": paths},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as started:
        try:
            yield started
        finally:
            with suppress(ProcessLookupError):
                os.killpg(started.pid, signal.SIGKILL)


def test_a_plan_is_not_waited_for() -> None:
    with python(AT_WORK) as verb:
        assert verb.stdout is not None
        assert verb.stdout.readline() == "at work\n"
        verb.send_signal(signal.SIGINT)
        _, said = verb.communicate(timeout=LIMIT)
    assert (verb.returncode, said) == (INTERRUPTED, "golive: interrupted\n")


@pytest.mark.parametrize(
    "verb", [["rules"], ["check", "Pulumi.yaml", "-f", "json"], ["settings", "check", "Pulumi.dev.yaml"]]
)
def test_a_disk_that_is_full_is_a_sentence(verb: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        run = subprocess.run(
            [*COMMAND, *verb], cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, timeout=LIMIT, check=False
        )
    assert (run.returncode, run.stderr) == (2, "golive: the output can't be written: no space left on device\n")


def test_who_has_closed_the_output_is_told_by_the_exit_code() -> None:
    command = f'"{sys.executable}" -c "from golive.cli import main; main()" check Pulumi.yaml >&-'
    run = subprocess.run(["sh", "-c", command], cwd=ROOT, stderr=subprocess.PIPE, text=True, timeout=LIMIT, check=False)
    assert (run.returncode, run.stderr) == (2, "")


@pytest.mark.parametrize("verb", ["check", "rules"])
def test_a_verb_that_is_interrupted_says_so(verb: str) -> None:
    stopped = f"""
import sys
import golive.commands.check, golive.commands.app
def stop(*_):
    raise KeyboardInterrupt
golive.commands.check.check = golive.commands.app.app = stop
sys.argv = ["golive", "{verb}"]
from golive.cli import main
main()
"""
    with python(stopped) as run:
        _, said = run.communicate(timeout=LIMIT)
    assert (run.returncode, said) == (INTERRUPTED, "golive: interrupted\n")


@pytest.mark.parametrize(
    ("engine", "code"),
    [
        ("exit 0", 0),
        ("exit 6", 6),
        ("kill -KILL $$", 137),
        ('trap "exit 1" INT; kill -TERM $PPID; while :; do sleep 0.01; done', INTERRUPTED),
        ("kill -TERM $PPID; while :; do sleep 0.01; done", INTERRUPTED),
        ('trap "exit 0" INT; kill -TERM $PPID; while :; do sleep 0.01; done', 0),
    ],
    ids=["ended", "failed", "killed", "stopped", "ended by the signal", "stopped too late"],
)
def test_a_run_of_the_engine_that_was_stopped_has_the_exit_code_of_a_shell(engine: str, code: int) -> None:
    with python(ENGINE, engine) as run:
        run.communicate(timeout=LIMIT)
    assert run.returncode == code
