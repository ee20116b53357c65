"""Workloads become ready as the ordinary provider has it, and say what is in their way."""

import pytest

from tests.support.awaited import (
    AVAILABLE,
    COMPLETE,
    LABELS,
    ROLLING,
    UNREADY,
    Object,
    by_kind,
    condition,
    deployment,
    live,
    pod,
    replica_set,
    waiting_container,
    warning,
    words,
)
from toolchain.plugins.awaiting import deployment as deployments
from toolchain.plugins.awaiting import replicas
from toolchain.plugins.awaiting.outcome import Ready, Waiting

FIRST = deployment(AVAILABLE, ROLLING)
SECOND = deployment(AVAILABLE, COMPLETE, revision="2", generation=2)
CLAIMED = deployment(
    AVAILABLE, ROLLING, volumes=({"name": "data", "persistentVolumeClaim": {"claimName": "data"}}, {"name": "tmp"})
)


def claim(phase: str, name: str = "data") -> Object:
    return live("v1", "PersistentVolumeClaim", name, status={"phase": phase})


@pytest.mark.parametrize(
    ("seen", "related"),
    [
        pytest.param(FIRST, [replica_set(FIRST)], id="the first revision needs no report of being complete"),
        pytest.param(SECOND, [replica_set(SECOND, revision="2")], id="a later revision that is complete"),
        pytest.param(
            SECOND,
            [replica_set(SECOND, replicas=0, ready=0), replica_set(SECOND, revision="2")],
            id="the old ReplicaSet is empty",
        ),
        pytest.param(
            deployment(AVAILABLE, replicas=0, available=0), [replica_set(FIRST, replicas=0, ready=0)], id="none wanted"
        ),
        pytest.param(CLAIMED, [replica_set(FIRST), claim("Bound")], id="the claim of a volume is bound"),
        pytest.param(
            CLAIMED, [replica_set(FIRST), claim("Bound"), claim("Pending", "others")], id="a claim of somebody else"
        ),
    ],
)
def test_deployment_is_ready(seen: Object, related: list[Object]) -> None:
    assert deployments.progress(seen, by_kind(related)) == Ready()


@pytest.mark.parametrize(
    ("seen", "related", "said"),
    [
        pytest.param(
            deployment(AVAILABLE, COMPLETE, generation=2, observed=1),
            [replica_set(FIRST)],
            "the controller has not yet seen the change",
            id="an older generation was complete",
        ),
        pytest.param(
            deployment(revision=""), [], "the controller has not yet made the ReplicaSet", id="nothing done yet"
        ),
        pytest.param(
            SECOND,
            [replica_set(SECOND, revision="1")],
            "the controller has not yet made the ReplicaSet",
            id="only the old ReplicaSet is known",
        ),
        pytest.param(
            FIRST,
            [replica_set(live("apps/v1", "Deployment", "other"))],
            "the controller has not yet made the ReplicaSet",
            id="a ReplicaSet of another owner",
        ),
        pytest.param(
            deployment(ROLLING, available=2),
            [replica_set(FIRST, ready=2)],
            "2 of 3 replicas available",
            id="too few replicas",
        ),
        pytest.param(
            deployment(condition("Available", "False"), available=0),
            [replica_set(FIRST)],
            "0 of 3 replicas available",
            id="ready, but not for long enough",
        ),
        pytest.param(
            deployment(AVAILABLE, ROLLING, revision="2"),
            [replica_set(FIRST, revision="2")],
            "waiting for the pods of the old version to go",
            id="old pods are still there",
        ),
        pytest.param(
            deployment(AVAILABLE, replicas=5, available=3),
            [replica_set(FIRST)],
            "3 of 5 replicas available",
            id="the ReplicaSet was seen before it was scaled",
        ),
        pytest.param(
            CLAIMED, [replica_set(FIRST), claim("Pending")], "waiting for the volume claims", id="a claim is not bound"
        ),
    ],
)
def test_deployment_waits(seen: Object, related: list[Object], said: str) -> None:
    assert words(deployments.progress(seen, by_kind(related))) == said


def test_deployment_tells_of_its_pods_and_conditions() -> None:
    late = condition("Progressing", "False", "ProgressDeadlineExceeded", "ReplicaSet has timed out progressing.")
    seen = deployment(late, available=2)
    newest = replica_set(seen, ready=2)
    pulling = pod(newest, UNREADY, containers=(waiting_container("ImagePullBackOff", "no such image\n x:1"),))
    old = pod(live("apps/v1", "ReplicaSet", "old"), UNREADY, containers=(waiting_container("CrashLoopBackOff"),))
    outcome = deployments.progress(seen, by_kind([newest, pulling, old]))
    assert outcome == Waiting(
        "2 of 3 replicas available",
        (
            "ProgressDeadlineExceeded: ReplicaSet has timed out progressing.",
            "pod web-x: container app: ImagePullBackOff: no such image x:1",
        ),
    )


def test_deployment_tells_why_no_pod_was_made() -> None:
    seen = deployment(available=0)
    newest = replica_set(seen, ready=0)
    denied = warning(newest, "FailedCreate", 'pods "web-1-" is forbidden: violates PodSecurity "restricted:latest"')
    outcome = deployments.progress(seen, by_kind([newest, denied]))
    assert isinstance(outcome, Waiting)
    assert outcome.details == ('FailedCreate: pods "web-1-" is forbidden: violates PodSecurity "restricted:latest"',)


def test_deployment_says_the_same_thing_once() -> None:
    seen = deployment(condition("ReplicaFailure", "True", "FailedCreate", "forbidden"), available=0)
    newest = replica_set(seen, ready=0)
    outcome = deployments.progress(seen, by_kind([newest, warning(newest, "FailedCreate", "Error: forbidden")]))
    assert outcome == Waiting("0 of 3 replicas available", ("FailedCreate: forbidden",))


def test_deployment_looks_at_claims_only_where_it_uses_them() -> None:
    kinds = [[seen.kind for seen in deployments.related(entry)] for entry in (FIRST, CLAIMED)]
    assert kinds == [
        ["ReplicaSet", "Pod", "Event"],
        ["ReplicaSet", "Pod", "PersistentVolumeClaim", "Event"],
    ]


def stateful_set(generation: int = 1, strategy: str = "RollingUpdate", **status: object) -> Object:
    return live(
        "apps/v1",
        "StatefulSet",
        generation=generation,
        spec={"replicas": 2, "selector": {"matchLabels": LABELS}, "updateStrategy": {"type": strategy}},
        status={
            "observedGeneration": generation,
            "replicas": 2,
            "readyReplicas": 2,
            "currentReplicas": 2,
            "currentRevision": "web-a",
            "updateRevision": "web-a",
            **status,
        },
    )


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(stateful_set(), id="first generation"),
        pytest.param(stateful_set(3), id="updated"),
        pytest.param(
            stateful_set(2, "OnDelete", updateRevision="web-b", currentReplicas=None),
            id="OnDelete does not wait for the revision",
        ),
    ],
)
def test_stateful_set_is_ready(seen: Object) -> None:
    assert replicas.stateful_set(seen, {}) == Ready()


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        pytest.param(stateful_set(2, observedGeneration=1), "the controller has not yet seen the change", id="unseen"),
        pytest.param(stateful_set(readyReplicas=1), "1 of 2 replicas ready", id="one is not ready"),
        pytest.param(stateful_set(replicas=3), "2 of 2 replicas ready", id="one too many"),
        pytest.param(
            stateful_set(updateRevision="web-b", updatedReplicas=1),
            "1 of 2 replicas have revision web-b; the others have web-a",
            id="a partition, or a rollout on its way",
        ),
        pytest.param(stateful_set(currentReplicas=1), "2 of 2 replicas ready", id="not all are current"),
        pytest.param(
            stateful_set(1, "OnDelete", updateRevision="web-b"),
            "0 of 2 replicas have revision web-b; the others have web-a",
            id="OnDelete in its first generation",
        ),
    ],
)
def test_stateful_set_waits(seen: Object, said: str) -> None:
    assert words(replicas.stateful_set(seen, {})) == said


def daemon_set(generation: int = 1, metadata: Object | None = None, **status: object) -> Object:
    every = ("desired", "current", "updated")
    counted = {f"{name}NumberScheduled": 3 for name in every} | {"numberAvailable": 3, "numberReady": 3}
    return live(
        "apps/v1",
        "DaemonSet",
        generation=generation,
        metadata=metadata or {},
        spec={"selector": {"matchLabels": LABELS}},
        status={"observedGeneration": generation, **counted, **status},
    )


def test_daemon_set_is_ready() -> None:
    assert replicas.daemon_set(daemon_set(), {}) == Ready()
    assert replicas.daemon_set(daemon_set(desiredNumberScheduled=0), {}) == Ready()


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        pytest.param(daemon_set(2, observedGeneration=1), "the controller has not yet seen the change", id="unseen"),
        pytest.param(
            daemon_set(desiredNumberScheduled=None), "the controller has not yet counted the nodes", id="uncounted"
        ),
        pytest.param(daemon_set(currentNumberScheduled=1), "1 of 3 nodes have a pod", id="current"),
        pytest.param(daemon_set(updatedNumberScheduled=1), "1 of 3 nodes have a pod of the new version", id="updated"),
        pytest.param(daemon_set(numberAvailable=2), "2 of 3 nodes have an available pod", id="available"),
        pytest.param(daemon_set(numberReady=2), "2 of 3 nodes have a ready pod", id="ready"),
        pytest.param(daemon_set(metadata={"deletionTimestamp": "now"}), "it is being deleted", id="on its way out"),
    ],
)
def test_daemon_set_waits(seen: Object, said: str) -> None:
    assert words(replicas.daemon_set(seen, {})) == said


def test_replication_controller_waits_for_its_replicas() -> None:
    def seen(available: int) -> Object:
        status = {"observedGeneration": 1, "availableReplicas": available}
        return live("v1", "ReplicationController", spec={"replicas": 2, "selector": LABELS}, status=status)

    assert replicas.replication_controller(seen(2), {}) == Ready()
    assert words(replicas.replication_controller(seen(1), {})) == "1 of 2 replicas available"
    [labels] = {beside.labels for beside in replicas.REPLICATION_CONTROLLER.related(seen(1)) if beside.kind == "Pod"}
    assert labels == "app=web"
