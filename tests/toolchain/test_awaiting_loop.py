"""The wait itself: what it follows, what ends it, and what it says meanwhile."""

import threading
import time

import pytest

from tests.support.awaited import (
    DONE,
    FULL,
    HALF,
    NEW,
    ON_ITS_WAY,
    ONE,
    ROLLING,
    deployment,
    live,
)
from tests.support.scripted_cluster import Clock, Cluster, Script, wait
from toolchain.plugins.awaiting.loop import NotReady, wait_ready
from toolchain.plugins.awaiting.reader import Event

pytestmark = pytest.mark.usefixtures("impatient", "no_thread_stays")

SEEN = "the controller has not yet seen the change"


def test_a_wait_follows_the_events() -> None:
    cluster = Cluster(NEW)
    script = Script(lambda: cluster.put(ON_ITS_WAY, HALF), lambda: cluster.put(FULL, DONE))
    assert wait_ready(NEW, cluster, wait(script)) == DONE
    assert script.lines[0] == SEEN
    assert set(script.lines[1:]) <= {ONE, "the controller has not yet made the ReplicaSet"}


def test_what_is_ready_is_not_waited_for() -> None:
    cluster = Cluster(DONE, FULL)
    script = Script()
    assert wait_ready(DONE, cluster, wait(script)) == DONE
    assert script.lines == []


def test_kinds_without_readiness_are_not_even_read() -> None:
    cluster = Cluster()
    for kind in (
        ("v1", "ConfigMap"),
        ("batch/v1", "CronJob"),
        ("v1", "Namespace"),
        ("argoproj.io/v1alpha1", "Rollout"),
    ):
        made = live(*kind)
        assert wait_ready(made, cluster, wait(Script())) == made
    assert cluster.lists == 0


def test_skip_await_is_the_programs_to_ask() -> None:
    cluster = Cluster(NEW)
    skipped = {"metadata": {"annotations": {"pulumi.com/skipAwait": "true"}}}
    assert wait_ready(NEW, cluster, wait(Script(), inputs=skipped)) == NEW
    assert cluster.lists == 0
    clock = Clock()
    theirs = {**NEW, "metadata": {**NEW["metadata"], **skipped["metadata"]}}
    with pytest.raises(NotReady):
        wait_ready(theirs, cluster, wait(Script(lambda: clock.advance(601)), clock=clock))


def test_time_runs_out_with_words_and_the_last_state() -> None:
    cluster, clock = Cluster(ON_ITS_WAY, HALF), Clock()
    script = Script(lambda: clock.advance(600))
    with pytest.raises(NotReady) as caught:
        wait_ready(NEW, cluster, wait(script, clock=clock))
    assert caught.value.words == ("not ready within 600 s", ONE)
    assert caught.value.live == ON_ITS_WAY
    assert not caught.value.cancelled


@pytest.mark.parametrize(
    ("timeout", "annotation", "seconds"),
    [
        pytest.param(30.0, "60", 30, id="custom timeout first"),
        pytest.param(None, "60", 60, id="then the annotation"),
        pytest.param(0.0, "60", 60, id="0 is no custom timeout"),
        pytest.param(None, "soon", 600, id="an annotation that is no number is passed over"),
        pytest.param(None, "", 600, id="then the kind's own"),
    ],
)
def test_how_long_a_wait_lasts(timeout: float | None, annotation: str, seconds: int) -> None:
    inputs = {"metadata": {"annotations": {"pulumi.com/timeoutSeconds": annotation} if annotation else {}}}
    cluster, clock = Cluster(ON_ITS_WAY, HALF), Clock()

    def almost() -> None:
        clock.advance(seconds - 1)
        cluster.put(deployment(ROLLING, available=0))

    script = Script(almost, lambda: clock.advance(1))
    with pytest.raises(NotReady, match=f"within {seconds} s"):
        wait_ready(NEW, cluster, wait(script, inputs=inputs, timeout=timeout, clock=clock))
    assert len(script.lines) == 2


def test_a_cancelled_wait_ends_at_once() -> None:
    cluster, cancelled = Cluster(ON_ITS_WAY, HALF), threading.Event()
    script = Script(cancelled.set)
    with pytest.raises(NotReady) as caught:
        wait_ready(NEW, cluster, wait(script, cancelled=cancelled))
    assert caught.value.cancelled
    assert caught.value.words == ("the wait was cancelled", ONE)


def test_a_cancellation_from_another_thread_is_noticed() -> None:
    cluster, cancelled = Cluster(ON_ITS_WAY, HALF), threading.Event()
    script = Script(lambda: threading.Thread(target=cancelled.set).start())
    started = time.monotonic()
    with pytest.raises(NotReady):
        wait_ready(NEW, cluster, wait(script, cancelled=cancelled))
    assert time.monotonic() - started < 60, "the wait's own timeout did not end it"


def test_the_same_line_is_said_once() -> None:
    cluster = Cluster(ON_ITS_WAY, HALF)
    same = [lambda: cluster.put({**ON_ITS_WAY, "spec": {**ON_ITS_WAY["spec"], "paused": False}}, FULL, DONE)]
    script = Script(*same)
    wait_ready(NEW, cluster, wait(script))
    assert script.lines == [ONE]


def test_an_expired_watch_is_listed_again() -> None:
    cluster = Cluster(ON_ITS_WAY, HALF)

    def unseen() -> None:
        cluster.hide(DONE)
        cluster.hide(FULL)
        cluster.expire()

    script = Script(unseen)
    assert wait_ready(NEW, cluster, wait(script)) == DONE


@pytest.mark.parametrize("end", [None, Event("BOOKMARK", {}), Event("ERROR", {"code": 500})], ids=str)
def test_a_watch_may_end_at_any_time(end: Event | None) -> None:
    cluster = Cluster(ON_ITS_WAY, HALF)

    def unseen() -> None:
        cluster.hide(DONE)
        cluster.hide(FULL)
        cluster.end_watches(end)

    assert wait_ready(NEW, cluster, wait(Script(unseen))) == DONE
