"""What is written down of a cluster, and what is said about it."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.cluster_records import record, seen
from toolchain.cluster.layout import Layout
from toolchain.cluster.processes import Process
from toolchain.cluster.record import Phase, Seen, State, read
from toolchain.cluster.running import absence, kubeconfig, running
from toolchain.cluster.status import text


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
