"""What is judged over time: jobs that end and go, endpoints that settle, and waitFor."""

from functools import partial

import pytest

from tests.support.awaited import (
    NEW,
    Object,
    condition,
    live,
)
from tests.support.scripted_cluster import Clock, Cluster, Script, wait
from toolchain.plugins.awaiting.loop import NotReady, check_ready, wait_ready

pytestmark = pytest.mark.usefixtures("impatient", "no_thread_stays")


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


def test_a_refresh_does_not_wait_for_settling_endpoints() -> None:
    check_ready(SERVICE, Cluster(SERVICE, endpoints("ready")), SERVICE)
    with pytest.raises(NotReady, match="1 of 1 endpoints are not ready"):
        check_ready(SERVICE, Cluster(SERVICE, endpoints("unready")), SERVICE)
