"""Waiting until an object is gone, and the single look of a refresh."""

import pytest

from tests.support.awaited import (
    DONE,
    FULL,
    HALF,
    NAMESPACE,
    NEW,
    ON_ITS_WAY,
    ONE,
    condition,
    live,
)
from tests.support.scripted_cluster import Clock, Cluster, Script, wait
from toolchain.plugins.awaiting.loop import NotReady, check_ready, wait_gone
from toolchain.plugins.awaiting.reader import Ref, Refused

pytestmark = pytest.mark.usefixtures("impatient", "no_thread_stays")


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


def test_a_refresh_looks_once() -> None:
    check_ready(DONE, Cluster(DONE, FULL), DONE)
    with pytest.raises(NotReady, match=ONE):
        check_ready(ON_ITS_WAY, Cluster(ON_ITS_WAY, HALF), ON_ITS_WAY)


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


def test_an_annotation_that_is_no_string_was_never_set() -> None:
    skipped = {"metadata": {"annotations": {"pulumi.com/skipAwait": True, "pulumi.com/timeoutSeconds": 1}}}
    cluster, clock = Cluster(HELD), Clock()
    with pytest.raises(NotReady, match="not gone within 600 s"):
        wait_gone(HELD, cluster, wait(Script(lambda: clock.advance(600)), inputs=skipped, clock=clock))
