"""The wait itself: what it survives, what ends it, and what it says meanwhile."""

import threading
import time
from collections.abc import Iterator
from functools import partial

import pytest
from awaited import AVAILABLE, NAMESPACE, ROLLING, Object, condition, deployment, live, replica_set
from scripted_cluster import Clock, Cluster, Script, wait

from toolchain.plugins.awaiting import feed
from toolchain.plugins.awaiting.loop import NotReady, check_ready, wait_gone, wait_ready
from toolchain.plugins.awaiting.reader import Event, Listing, Ref, Refused

NEW = deployment(observed=0, available=0)
ON_ITS_WAY = deployment(ROLLING, available=1)
DONE = deployment(AVAILABLE, ROLLING)
HALF, FULL = replica_set(NEW, ready=1), replica_set(NEW)
SEEN = "the controller has not yet seen the change"
ONE = "1 of 3 replicas available"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask again at once, as the pauses between attempts are nothing that a test could see."""
    monkeypatch.setattr(feed, "PAUSE", 0.001)
    monkeypatch.setattr(feed, "LONGEST_PAUSE", 0.01)


@pytest.fixture(autouse=True)
def _no_thread_stays() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        thread.join(timeout=5)
        assert not thread.is_alive(), f"{thread.name} goes on after the wait"


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


def test_an_annotation_that_is_no_string_was_never_set() -> None:
    skipped = {"metadata": {"annotations": {"pulumi.com/skipAwait": True, "pulumi.com/timeoutSeconds": 1}}}
    cluster, clock = Cluster(HELD), Clock()
    with pytest.raises(NotReady, match="not gone within 600 s"):
        wait_gone(HELD, cluster, wait(Script(lambda: clock.advance(600)), inputs=skipped, clock=clock))


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


def job(*conditions: Object) -> Object:
    status = {"startTime": "2026-01-01T00:00:00Z", "conditions": list(conditions)}
    return live("batch/v1", "Job", spec={"selector": {"matchLabels": {"job": "web"}}}, status=status)


def test_a_failed_job_ends_the_wait() -> None:
    failed = job(condition("Failed", "True", "BackoffLimitExceeded", "too often"))
    cluster = Cluster(job())
    with pytest.raises(NotReady) as caught:
        wait_ready(job(), cluster, wait(Script(lambda: cluster.put(failed))))
    assert caught.value.words == ("BackoffLimitExceeded: too often",)
    assert caught.value.live == failed


def test_a_job_that_is_cleaned_up_is_judged_by_its_last_state() -> None:
    done = job(condition("Complete"))
    cluster = Cluster(job())

    def finish() -> None:
        cluster.hide(done)
        cluster.remove(done)

    assert wait_ready(job(), cluster, wait(Script(finish))) == done


def test_a_job_that_vanishes_before_its_end_is_not_ready() -> None:
    cluster, clock = Cluster(job()), Clock()
    script = Script(lambda: cluster.remove(job()), lambda: clock.advance(600))
    with pytest.raises(NotReady, match="it is not there any more"):
        wait_ready(job(), cluster, wait(script, clock=clock))


SERVICE = live("v1", "Service", spec={"type": "ClusterIP", "clusterIP": "10.0.0.1", "selector": {"app": "web"}})
SETTLING = "waiting for the endpoints to settle"


def endpoints(*states: str) -> Object:
    return live(
        "discovery.k8s.io/v1",
        "EndpointSlice",
        "web-abc",
        metadata={"labels": {"kubernetes.io/service-name": "web"}},
        endpoints=[{"conditions": {"ready": state == "ready"}} for state in states],
    )


def test_endpoints_have_to_settle() -> None:
    cluster, clock = Cluster(SERVICE, endpoints("ready")), Clock()

    def disturb() -> None:
        clock.advance(9)
        cluster.put(endpoints("ready", "unready"))

    def heal() -> None:
        clock.advance(9)
        cluster.put(endpoints("ready", "ready"))

    script = Script(disturb, heal, lambda: clock.advance(10))
    assert wait_ready(SERVICE, cluster, wait(script, clock=clock)) == SERVICE
    assert script.lines == [SETTLING, "1 of 2 endpoints are not ready", SETTLING]


def test_endpoints_don_t_settle_while_nobody_can_see_them() -> None:
    class Away(Cluster):
        """Comes back, changed, when it has been asked often enough for the wait to look at the clock meanwhile."""

        asked = 0

        def _answer(self, kind: str) -> None:
            self.asked += bool(self.down)
            if self.asked == 150:
                self.hide(endpoints("unready"))
                self.down = ""
            super()._answer(kind)

    cluster, clock = Away(SERVICE, endpoints("ready")), Clock()
    away = partial(cluster.outage, "connection refused")
    script = Script(away, lambda: clock.advance(100), lambda: clock.advance(600))
    with pytest.raises(NotReady, match="1 of 1 endpoints are not ready"):
        wait_ready(SERVICE, cluster, wait(script, clock=clock))


def test_a_service_whose_time_is_over_while_it_settles_is_ready() -> None:
    cluster, clock = Cluster(SERVICE, endpoints("ready")), Clock()
    script = Script(lambda: clock.advance(5))
    assert wait_ready(SERVICE, cluster, wait(script, timeout=5, clock=clock)) == SERVICE


def test_a_malformed_wait_for_is_refused_before_anything_is_read() -> None:
    asked = live("v1", "ConfigMap", metadata={"annotations": {"pulumi.com/waitFor": "Ready"}})
    cluster = Cluster(asked)
    with pytest.raises(NotReady, match=r"expected condition=\.\.\. or jsonpath=\.\.\., found 'Ready'"):
        wait_ready(asked, cluster, wait(Script()))
    assert cluster.lists == 0


def test_wait_for_takes_the_place_of_the_kinds_own_readiness() -> None:
    asked = {**NEW, "metadata": {**NEW["metadata"], "annotations": {"pulumi.com/waitFor": "jsonpath={.spec.replicas}"}}}
    asked["status"] = {}
    assert wait_ready(asked, Cluster(asked), wait(Script())) == asked


# Deletion -----------------------------------------------------------------------------------------------------------

HELD = live("v1", "ConfigMap", metadata={"finalizers": ["acme.example/hold"], "deletionTimestamp": "now"})


def test_a_deletion_waits_for_the_finalizers() -> None:
    cluster = Cluster(HELD)
    script = Script(lambda: cluster.remove(HELD))
    wait_gone(HELD, cluster, wait(script))
    assert script.lines == ["held by acme.example/hold"]


def test_what_is_gone_is_gone() -> None:
    wait_gone(HELD, Cluster(), wait(Script()))


def test_another_object_of_the_same_name_is_not_it() -> None:
    again = {**HELD, "metadata": {**HELD["metadata"], "uid": "another"}}
    wait_gone(HELD, Cluster(again), wait(Script()))


def test_a_deletion_that_is_held_for_too_long_says_by_what() -> None:
    cluster, clock = Cluster(HELD), Clock()
    with pytest.raises(NotReady) as caught:
        wait_gone(HELD, cluster, wait(Script(lambda: clock.advance(600)), clock=clock))
    assert caught.value.words == ("not gone within 600 s", "held by acme.example/hold")
    assert caught.value.live == HELD


def test_the_last_look_counts() -> None:
    cluster, clock = Cluster(HELD), Clock()

    def unseen() -> None:
        cluster.forget(HELD)
        clock.advance(600)

    wait_gone(HELD, cluster, wait(Script(unseen), clock=clock))


def test_an_outage_is_no_deletion() -> None:
    cluster, clock = Cluster(HELD), Clock()
    script = Script(lambda: cluster.outage("connection refused"), lambda: clock.advance(600))
    with pytest.raises(NotReady, match="connection refused"):
        wait_gone(HELD, cluster, wait(script, clock=clock))


def test_a_deletion_survives_an_outage() -> None:
    cluster = Cluster(HELD)

    def back() -> None:
        cluster.forget(HELD)
        cluster.outage("")

    wait_gone(HELD, cluster, wait(Script(lambda: cluster.outage("connection refused"), back)))


def test_a_kind_that_is_no_longer_served_is_gone() -> None:
    cluster = Cluster(HELD)
    cluster.refused["ConfigMap"] = Refused("no such kind", missing=True)
    wait_gone(HELD, cluster, wait(Script()))


def test_a_definition_that_goes_while_the_object_is_awaited_takes_it_along() -> None:
    cluster = Cluster(HELD)

    def undefined() -> None:
        unserved = Refused("the server could not find the requested resource")
        unserved.code = 404
        cluster.refused["ConfigMap"] = unserved
        cluster.end_watches()

    wait_gone(HELD, cluster, wait(Script(undefined)))


def test_a_kind_that_may_not_be_read_is_not_gone() -> None:
    cluster = Cluster(HELD)
    cluster.refused["ConfigMap"] = Refused("forbidden")
    with pytest.raises(NotReady, match="forbidden"):
        wait_gone(HELD, cluster, wait(Script()))


def test_a_namespace_says_what_is_left_in_it() -> None:
    left = condition("NamespaceContentRemaining", "True", "SomeResourcesRemain", "pods. has 1 resource instances")
    space = live("v1", "Namespace", metadata={"finalizers": [], "namespace": None}, status={"conditions": [left]})
    cluster = Cluster(space)
    script = Script(lambda: cluster.remove(space))
    wait_gone(space, cluster, wait(script))
    assert script.lines[0] == "waiting for its end; SomeResourcesRemain: pods. has 1 resource instances"


@pytest.mark.parametrize(("kind", "waits"), [(("apps/v1", "Deployment"), False), (("v1", "ConfigMap"), True)])
def test_skip_await_skips_the_deletion_of_some_kinds(kind: tuple[str, str], waits: bool) -> None:  # noqa: FBT001
    held = live(*kind, metadata={"finalizers": ["x/y"], "annotations": {"pulumi.com/skipAwait": "true"}})
    cluster, clock = Cluster(held), Clock()
    asked = wait(Script(lambda: clock.advance(600)), inputs=held, clock=clock)
    if waits:
        with pytest.raises(NotReady):
            wait_gone(held, cluster, asked)
    else:
        wait_gone(held, cluster, asked)
        assert cluster.lists == 0


# Refresh ------------------------------------------------------------------------------------------------------------


def test_a_refresh_looks_once() -> None:
    check_ready(DONE, Cluster(DONE, FULL), DONE)
    with pytest.raises(NotReady, match=ONE):
        check_ready(ON_ITS_WAY, Cluster(ON_ITS_WAY, HALF), ON_ITS_WAY)


def test_a_refresh_does_not_wait_for_settling_endpoints() -> None:
    check_ready(SERVICE, Cluster(SERVICE, endpoints("ready")), SERVICE)
    with pytest.raises(NotReady, match="1 of 1 endpoints are not ready"):
        check_ready(SERVICE, Cluster(SERVICE, endpoints("unready")), SERVICE)


def test_a_refresh_may_be_told_to_skip() -> None:
    skipped = {"metadata": {"annotations": {"pulumi.com/skipAwait": "true"}}}
    check_ready(ON_ITS_WAY, Cluster(), skipped)


def test_a_refresh_does_not_look_at_claims_and_wait_for() -> None:
    claim = live("v1", "PersistentVolumeClaim", status={"phase": "Pending"})
    check_ready(claim, Cluster(), claim)
    asked = live("v1", "ConfigMap", metadata={"annotations": {"pulumi.com/waitFor": "nonsense"}})
    check_ready(asked, Cluster(), asked)


def test_a_ref_names_its_object() -> None:
    assert Ref.of(NEW) == Ref("apps/v1", "Deployment", NAMESPACE, "web")
