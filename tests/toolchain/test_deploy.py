"""Deploying: which stack goes where, what is refused before the engine starts, and what a killed run leaves."""

import json
import os
import socket
import subprocess
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from toolchain import deploy, interrupted, state
from toolchain import session as session_of_the_engine
from toolchain.__main__ import main
from toolchain.cluster import Cluster
from toolchain.engine import Engine
from toolchain.errors import ToolchainError
from toolchain.session import Session
from toolchain.state import State

TEAM = {"PULUMI_BACKEND_URL": "s3://team", "PULUMI_CONFIG_PASSPHRASE": "x"}


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder of a checkout that has deployed nothing yet; no Pulumi variable is set."""
    monkeypatch.setattr(state, "WORK", tmp_path)
    for name in [*TEAM, "PULUMI_CONFIG_PASSPHRASE_FILE", "PULUMI_ACCESS_TOKEN"]:
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def locked(work: Path, content: str) -> Path:
    """A lock on dev in the checkout's own state."""
    lock = work / "own" / "state" / ".pulumi" / "locks" / "organization" / "golive" / "dev" / "0000.json"
    lock.parent.mkdir(parents=True)
    lock.write_text(content)
    return lock


def holder(process: int, host: str = "") -> str:
    """What the engine writes into a lock."""
    return json.dumps({"pid": process, "username": "x", "hostname": host or socket.gethostname(), "timestamp": ""})


def dead() -> int:
    """The number of a process that has ended."""
    with subprocess.Popen(["true"]) as ended:
        ended.wait()
    return ended.pid


@pytest.mark.parametrize("verb", ["up", "refresh"])
def test_without_the_teams_state_only_dev_is_deployed(
    verb: str, work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert work.exists()

    assert main([verb, "--stack", "prod"]) == 1

    assert capsys.readouterr().err == (
        f"error: make {verb} STACK=prod needs the team's state: set PULUMI_BACKEND_URL, with a passphrase or a token. "
        "Without it only dev can be deployed, to this checkout's own cluster.\n"
    )


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_the_teams_stacks_are_not_deleted_by_make(
    stack: str, work: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert work.exists()
    for name, value in TEAM.items():
        monkeypatch.setenv(name, value)

    assert main(["down", "--stack", stack]) == 1

    assert f"run `pulumi destroy --stack {stack}` yourself" in capsys.readouterr().err


def session(*, local: bool, offline: bool) -> Session:
    engine = Engine(executable=Path("pulumi"), version="3", origin="x", offline=offline)
    chosen = State(environment={}, local=local, origin="x")
    return Session(engine=engine, state=chosen, stack="dev", cluster=None, environment={})


@pytest.mark.parametrize(
    ("environment", "started", "words"),
    [
        (TEAM, session(local=False, offline=True), "needs the ordinary Pulumi plugins"),
        (
            {},
            session(local=True, offline=True),
            "There is no cluster of this checkout to refresh: none is running. Run `make cluster`",
        ),
    ],
    ids=["the team's state without ordinary plugins", "no cluster"],
)
def test_says_why_it_can_not_deploy(
    environment: Mapping[str, str], started: Session, words: str, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert work.exists()
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(deploy, "start", lambda *_: started)
    monkeypatch.setattr(deploy, "absence", lambda: "none is running")

    with pytest.raises(ToolchainError, match=words):
        deploy.refresh("dev", lambda _: None)


def test_a_second_run_waits_for_the_first(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    at_work, ended = threading.Event(), threading.Event()

    def run(_session: Session, verb: str, *_options: str) -> int:
        said.append(f"{verb} begins")
        at_work.set()
        if verb == "refresh":
            ended.wait(timeout=60)
        said.append(f"{verb} ends")
        return 0

    cluster = Cluster(work / "kubeconfig", "https://127.0.0.1", "v1", None)
    started = replace(session(local=True, offline=True), cluster=cluster)
    monkeypatch.setattr(deploy, "start", lambda *_: started)
    monkeypatch.setattr(Session, "run", run)
    first = threading.Thread(target=lambda: deploy.refresh("dev", said.append))
    second = threading.Thread(target=lambda: deploy.down("dev", said.append))
    first.start()
    assert at_work.wait(timeout=60)
    second.start()
    while len(said) == 1:
        second.join(timeout=0.01)
    ended.set()
    first.join(timeout=60)
    second.join(timeout=60)

    assert said == [
        "refresh begins",
        "another run is at work on dev; waiting for its end",
        "refresh ends",
        "destroy begins",
        "destroy ends",
        "dev is deleted and nothing else is to be done; its history stays, for `golive releases`",
    ]


@pytest.mark.parametrize("answers", [True, False])
def test_the_kubeconfig_of_a_cluster_that_does_not_answer_stays_while_it_runs(
    answers: bool,  # noqa: FBT001 - a case
    work: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = work / "cluster-kubeconfig"
    own.write_text("of the cluster")
    found = Cluster(own, "https://127.0.0.1:1", "v1.36.3", None) if answers else None
    engine = Engine(executable=Path("pulumi"), version="3", origin="x", offline=False)
    monkeypatch.setattr(session_of_the_engine, "find", lambda _: engine)
    monkeypatch.setattr(session_of_the_engine, "_make_stack", lambda *_: None)
    monkeypatch.setattr(session_of_the_engine, "kubeconfig", lambda: own)

    connected = Path(session_of_the_engine.start("dev", lambda _: None, lambda: found).environment["KUBECONFIG"])
    assert connected.read_text() == "of the cluster"

    monkeypatch.setattr(session_of_the_engine, "kubeconfig", lambda: None)
    session_of_the_engine.start("dev", lambda _: None, lambda: None)
    assert connected.read_bytes() == session_of_the_engine.NO_CLUSTER
    assert connected.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", ["", "no json", "[]", '{"pid": "x", "hostname": "y"}'])
def test_a_lock_that_was_never_finished_is_released(work: Path, content: str) -> None:
    lock = locked(work, content)

    interrupted.release_locks("dev", lambda _: None)

    assert not lock.exists()


def test_a_lock_of_a_dead_process_is_released_with_a_line(work: Path) -> None:
    lock = locked(work, holder(dead()))
    said: list[str] = []

    interrupted.release_locks("dev", said.append)

    assert not lock.exists()
    assert said == ["the last run on dev was killed; its lock is released"]


def test_a_lock_of_a_process_that_took_over_the_number_is_released(work: Path) -> None:
    lock = locked(work, holder(os.getpid()))

    interrupted.release_locks("dev", lambda _: None)

    assert not lock.exists()


def test_a_lock_of_an_engine_at_work_stays(work: Path, tmp_path: Path) -> None:
    engine = tmp_path / "pulumi"
    engine.symlink_to("/bin/sleep")
    with subprocess.Popen([engine, "60"]) as running:
        lock = locked(work, holder(running.pid))
        try:
            with pytest.raises(ToolchainError, match=rf"Another run is at work on dev \(process {running.pid}\)"):
                interrupted.release_locks("dev", lambda _: None)
        finally:
            running.kill()

    assert lock.exists()


def test_a_lock_of_another_machine_stays(work: Path) -> None:
    lock = locked(work, holder(1, "elsewhere"))

    with pytest.raises(ToolchainError, match="process 1 of elsewhere is at work on this checkout"):
        interrupted.release_locks("dev", lambda _: None)

    assert lock.exists()


@pytest.mark.parametrize(
    ("checkpoint", "count"),
    [
        ({}, 0),
        ({"latest": None}, 0),
        ({"latest": {"pending_operations": None}}, 0),
        ({"latest": {"pending_operations": [{"type": "creating"}, {"type": "updating"}]}}, 2),
    ],
)
def test_counts_what_a_killed_run_had_begun(work: Path, checkpoint: Mapping[str, object], count: int) -> None:
    path = work / "own" / "state" / ".pulumi" / "stacks" / "golive" / "dev.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"version": 3, "checkpoint": checkpoint}))

    assert interrupted.pending_operations("dev") == count


def test_a_stack_that_was_never_made_has_nothing_pending(work: Path) -> None:
    assert work.exists()
    assert interrupted.pending_operations("dev") == 0


def test_the_key_of_the_own_state_is_made_once_and_kept_private(work: Path) -> None:
    first = state.own()
    key = Path(first["PULUMI_CONFIG_PASSPHRASE_FILE"])
    content = key.read_text()

    assert state.own() == first
    assert key.read_text() == content
    assert len(content) >= 32
    assert key.stat().st_mode & 0o077 == 0
    assert list(key.parent.glob("passphrase.*")) == []
    assert work in key.parents


def test_kubectl_asks_the_cluster_that_the_kubeconfig_of_the_team_names(
    work: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for key, value in TEAM.items():
        monkeypatch.setenv(key, value)
    script = work / "kubectl"
    script.write_text('#!/bin/sh\necho "$@"; exit 3\n')
    script.chmod(0o700)
    monkeypatch.setenv("PATH", f"{work}:/usr/bin:/bin")

    assert main(["kubectl", "--stack", "prod", "--", "get", "pods", "--output", "json"]) == 3
    assert capfd.readouterr().out == "get pods --output json\n"


def test_without_kubectl_or_a_cluster_nothing_is_asked(
    work: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(work))

    assert main(["kubectl", "--stack", "prod", "--", "get", "pods"]) == 1
    assert "There is no cluster of this checkout to ask about prod: only dev is deployed there." in (
        capsys.readouterr().err
    )
    for key, value in TEAM.items():
        monkeypatch.setenv(key, value)
    assert main(["kubectl", "--stack", "prod", "--", "get", "pods"]) == 1
    assert "There is no kubectl on PATH to ask the cluster of prod." in capsys.readouterr().err
