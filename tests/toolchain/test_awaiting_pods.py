"""Pods and Jobs become ready as the ordinary provider has it, and say what is in their way."""

import pytest

from tests.support.awaited import (
    INITIALIZED,
    LABELS,
    READY,
    SCHEDULED,
    UNREADY,
    Object,
    by_kind,
    condition,
    ended_container,
    live,
    owned_by,
    pod,
    waiting_container,
    warning,
    words,
)
from toolchain.plugins.awaiting import job as jobs
from toolchain.plugins.awaiting import pod as pods
from toolchain.plugins.awaiting.outcome import Failed, Outcome, Ready, Waiting


def job(*conditions: Object, **status: object) -> Object:
    return live(
        "batch/v1",
        "Job",
        spec={"selector": {"matchLabels": LABELS}},
        status={"startTime": "2026-01-01T00:00:00Z", "conditions": list(conditions), **status},
    )


def test_job_is_ready_when_it_is_complete() -> None:
    assert jobs.progress(job(condition("Complete")), {}) == Ready()


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        pytest.param(job(startTime=None), "waiting for the Job to start", id="suspended or new"),
        pytest.param(
            job(active=1, failed=2),
            "waiting for the Job to complete (pods: 1 active, 0 succeeded, 2 failed)",
            id="running",
        ),
        pytest.param(
            job(condition("Complete", "False")),
            "waiting for the Job to complete (pods: 0 active, 0 succeeded, 0 failed)",
            id="said to be incomplete",
        ),
        pytest.param(
            job(condition("FailureTarget", "True", "PodFailurePolicy")),
            "waiting for the Job to complete (pods: 0 active, 0 succeeded, 0 failed)",
            id="about to fail",
        ),
    ],
)
def test_job_waits(seen: Object, said: str) -> None:
    assert words(jobs.progress(seen, {})) == said


@pytest.mark.parametrize("reason", ["BackoffLimitExceeded", "DeadlineExceeded", "PodFailurePolicy"])
def test_job_fails_for_good(reason: str) -> None:
    seen = job(condition("Failed", "True", reason, "it was not to be"))
    crashed = pod(seen, UNREADY, containers=(ended_container(1, "Error"),))
    assert jobs.progress(seen, by_kind([crashed])) == Failed(
        f"{reason}: it was not to be", ("pod web-x: container app ended with exit code 1 (Error)",)
    )


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        pytest.param(pod(None, SCHEDULED, INITIALIZED, READY), Ready(), id="ready"),
        pytest.param(pod(None, SCHEDULED, INITIALIZED, UNREADY, phase="Succeeded"), Ready(), id="succeeded"),
        pytest.param(pod(), Waiting("waiting for a node"), id="new"),
        pytest.param(
            pod(None, condition("PodScheduled", "False", "Unschedulable", "0/3 nodes are available"), phase="Pending"),
            Waiting("waiting for a node", ("Unschedulable: 0/3 nodes are available",)),
            id="unschedulable, in the scheduler's words",
        ),
        pytest.param(
            pod(None, SCHEDULED, condition("Initialized", "False", "ContainersNotInitialized", "init")),
            Waiting("waiting for the init containers", ("ContainersNotInitialized: init",)),
            id="initialising",
        ),
        pytest.param(
            pod(None, SCHEDULED, INITIALIZED, UNREADY, containers=(waiting_container("ContainerCreating"),)),
            Waiting("waiting for the containers to be ready"),
            id="starting is no trouble",
        ),
        pytest.param(
            pod(
                None, SCHEDULED, INITIALIZED, UNREADY,
                containers=({**waiting_container("CrashLoopBackOff", "back-off 10s"),
                             "lastState": {"terminated": {"exitCode": 2, "reason": "Error"}}},),
            ),
            Waiting(
                "waiting for the containers to be ready",
                (
                    "container app: CrashLoopBackOff: back-off 10s",
                    "container app ended with exit code 2 (Error)",
                ),
            ),
            id="crash loop",
        ),
        pytest.param(
            pod(None, SCHEDULED, INITIALIZED, UNREADY, phase="Failed", containers=(ended_container(137, "OOMKilled"),)),
            Waiting(
                "waiting for the containers to be ready", ("container app ended with exit code 137 (OOMKilled)",)
            ),
            id="failed",
        ),
    ],
)  # fmt: skip
def test_pod(seen: Object, expected: Outcome) -> None:
    assert pods.progress(seen, {}) == expected


def test_what_a_container_wrote_when_it_ended_is_not_repeated() -> None:
    ended = pod(None, SCHEDULED, INITIALIZED, UNREADY, containers=(ended_container(1, "Error", "password=hunter2"),))
    assert "hunter2" not in repr(pods.progress(ended, {}))


def test_the_newest_warning_counts() -> None:
    unready = pod(None, SCHEDULED, INITIALIZED, UNREADY)
    events = [
        warning(unready, "Unhealthy", "probe failed: 503", "2026-01-01T00:00:02Z"),
        warning(unready, "FailedMount", 'secret "db" not found', "2026-01-01T00:00:01Z"),
        warning(live("v1", "Pod", "other"), "Unhealthy", "not ours", "2026-01-01T00:00:03Z"),
    ]
    outcome = pods.progress(unready, {"Event": events})
    assert outcome == Waiting("waiting for the containers to be ready", ("Unhealthy: probe failed: 503",))


def test_a_few_pods_speak_for_all() -> None:
    owner = live("apps/v1", "StatefulSet")
    many = [
        pod(owner, UNREADY, name=f"web-{number}", containers=(waiting_container("ErrImagePull"),))
        for number in range(9)
    ]
    assert pods.troubles(many, ()) == tuple(f"pod web-{n}: container app: ErrImagePull" for n in range(3))


def test_pods_of_others_tell_nothing() -> None:
    mine, other = live("apps/v1", "StatefulSet"), live("apps/v1", "StatefulSet", "other")
    assert owned_by(mine) != owned_by(other)
    assert pods.of(mine, {"Pod": [pod(other), pod(mine, name="mine")]}) == [pod(mine, name="mine")]
