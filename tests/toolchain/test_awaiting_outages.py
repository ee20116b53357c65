"""What a wait survives: an API server that goes away, stale answers, deletions nobody watched, refusals."""

import pytest

from tests.support.awaited import (
    DONE,
    FULL,
    HALF,
    NEW,
    ON_ITS_WAY,
    ONE,
    deployment,
)
from tests.support.scripted_cluster import Clock, Cluster, Script, wait
from toolchain.plugins.awaiting.loop import NotReady, wait_ready
from toolchain.plugins.awaiting.reader import Listing, Refused

pytestmark = pytest.mark.usefixtures("impatient", "no_thread_stays")


def test_an_outage_is_survived_and_told() -> None:
    cluster = Cluster(ON_ITS_WAY, HALF)

    def back() -> None:
        cluster.hide(DONE)
        cluster.hide(FULL)
        cluster.outage("")

    script = Script(lambda: cluster.outage("connection refused"), back)
    assert wait_ready(NEW, cluster, wait(script)) == DONE
    assert script.lines[1] == "waiting for the API server: connection refused"


def test_an_outage_that_outlasts_the_wait_is_its_reason() -> None:
    cluster, clock = Cluster(ON_ITS_WAY, HALF), Clock()
    script = Script(lambda: cluster.outage("connection refused"), lambda: clock.advance(600))
    with pytest.raises(NotReady) as caught:
        wait_ready(NEW, cluster, wait(script, clock=clock))
    assert caught.value.words == (
        "not ready within 600 s",
        ONE,
        "waiting for the API server: connection refused",
    )


def test_a_stale_answer_is_not_believed() -> None:
    applied = deployment(generation=2, observed=1)
    cluster, clock = Cluster(DONE, FULL), Clock()
    script = Script(lambda: clock.advance(600))
    with pytest.raises(NotReady, match="reading the change back"):
        wait_ready(applied, cluster, wait(script, clock=clock))


def test_an_object_that_was_deleted_is_waited_for() -> None:
    cluster = Cluster(ON_ITS_WAY, HALF)
    script = Script(lambda: cluster.remove(ON_ITS_WAY), lambda: cluster.put(FULL, DONE))
    assert wait_ready(NEW, cluster, wait(script)) == DONE
    assert script.lines[1] == "it is not there any more"


def test_a_deletion_that_nobody_watched_is_noticed() -> None:
    cluster, clock = Cluster(ON_ITS_WAY, HALF), Clock()

    def unseen() -> None:
        cluster.forget(ON_ITS_WAY)
        cluster.end_watches()

    script = Script(unseen, lambda: clock.advance(600))
    with pytest.raises(NotReady, match="it is not there any more") as caught:
        wait_ready(NEW, cluster, wait(script, clock=clock))
    assert caught.value.live == ON_ITS_WAY


def test_what_may_not_be_read_ends_the_wait() -> None:
    cluster = Cluster(ON_ITS_WAY)
    cluster.refused["ReplicaSet"] = Refused('replicasets.apps is forbidden: User "ci" cannot list')
    with pytest.raises(NotReady) as caught:
        wait_ready(NEW, cluster, wait(Script()))
    assert caught.value.words == ('it can\'t be watched: replicasets.apps is forbidden: User "ci" cannot list',)


def test_what_was_granted_and_is_refused_after_an_outage_is_asked_for_again() -> None:
    cluster = Cluster(ON_ITS_WAY, HALF)

    def forbid() -> None:
        cluster.refused["Deployment"] = Refused("forbidden: clusterrole not found")
        cluster.end_watches()

    def allow() -> None:
        cluster.hide(DONE)
        cluster.hide(FULL)
        cluster.refused.clear()
        cluster.end_watches()

    script = Script(forbid, allow)
    assert wait_ready(NEW, cluster, wait(script)) == DONE
    assert script.lines[1] == "waiting for the API server: forbidden: clusterrole not found"


def test_a_resource_version_that_is_refused_at_once_is_listed_again() -> None:
    cluster = Cluster(ON_ITS_WAY, HALF)

    def expire() -> None:
        gone = Refused("too old resource version")
        gone.code = 410
        cluster.refused["Deployment"] = gone
        cluster.end_watches()

    def allow() -> None:
        cluster.hide(DONE)
        cluster.hide(FULL)
        cluster.refused.clear()
        cluster.end_watches()

    assert wait_ready(NEW, cluster, wait(Script(expire, allow))) == DONE


def test_events_and_pods_need_not_be_readable() -> None:
    cluster = Cluster(DONE, FULL)
    cluster.refused = {kind: Refused("forbidden") for kind in ("Event", "Pod")}
    assert wait_ready(NEW, cluster, wait(Script())) == DONE


def test_a_readers_own_fault_comes_out() -> None:
    class Faulty(Cluster):
        def list(
            self, api_version: str, kind: str, namespace: str | None, *, labels: str = "", fields: str = ""
        ) -> Listing:
            raise ZeroDivisionError(f"{api_version} {kind} {namespace} {labels} {fields}")

    with pytest.raises(ZeroDivisionError):
        wait_ready(NEW, Faulty(), wait(Script()))
