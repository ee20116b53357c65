"""A new version takes over in the stages that were agreed, and in no others."""

from typing import Any

import pytest
from pydantic import ValidationError

from components.workload.canary_stages import CanaryStages, CanaryStagesArgs
from tests.support.plan import LABELS, Planned, named, paths, plan, spec

COMPONENT = "golive:workload:CanaryStages"
TEMPLATE = {
    "metadata": {"labels": {"app.kubernetes.io/name": "marketplace"}},
    "spec": {"service_account_name": "marketplace", "containers": [{"name": "main", "env_from": []}]},
}
PLAN: list[dict[str, Any]] = [{"weight": 10, "soak": "30m"}, {"weight": 50, "soak": "1h15m"}, {"weight": 100}]


def planned_with(stages: list[dict[str, Any]], **more: object) -> tuple[Planned, ...]:
    known = {"service": "marketplace", "namespace": "market", "labels": LABELS, "template": TEMPLATE}
    args = {**known, "stages": stages, **more}
    return plan(lambda: CanaryStages("marketplace", CanaryStagesArgs.model_validate(args)))


@pytest.fixture(scope="module")
def planned() -> tuple[Planned, ...]:
    return planned_with(PLAN)


def test_owns_the_rollout(planned: tuple[Planned, ...]) -> None:
    assert paths(planned) == [
        f"{COMPONENT}$kubernetes:argoproj.io/v1alpha1:Rollout::marketplace-rollout",
        f"{COMPONENT}::marketplace",
    ]
    assert named(planned, "marketplace").outputs == {"rollout": "marketplace"}


def test_shifts_and_watches_in_turn(planned: tuple[Planned, ...]) -> None:
    assert spec(planned, "marketplace-rollout")["strategy"] == {
        "canary": {
            "maxSurge": "25%",
            "maxUnavailable": 0,
            "steps": [
                {"setWeight": 10},
                {"pause": {"duration": "30m"}},
                {"setWeight": 50},
                {"pause": {"duration": "1h15m"}},
                {"setWeight": 100},
            ],
        }
    }


def test_a_gated_soak_is_an_analysis() -> None:
    planned = planned_with(PLAN, gates={"template": "marketplace-gates", "scrape": "15s"})
    steps = spec(planned, "marketplace-rollout")["strategy"]["canary"]["steps"]
    assert [list(step) for step in steps] == [["setWeight"], ["analysis"], ["setWeight"], ["analysis"], ["setWeight"]]
    assert steps[1]["analysis"]["templates"] == [{"templateName": "marketplace-gates"}]
    assert {each["name"]: each.get("value", each.get("valueFrom")) for each in steps[1]["analysis"]["args"]} == {
        "hash": {"podTemplateHashValue": "Latest"},
        "stable": {"podTemplateHashValue": "Stable"},
        "interval": "360s",
        "count": "5",
        "window": "360s",
    }


def test_a_deployment_may_return_at_once() -> None:
    rollout = named(planned_with(PLAN, waits=False), "marketplace-rollout")
    assert rollout.inputs["metadata"]["annotations"] == {"pulumi.com/skipAwait": "true"}


def test_gives_up_a_version_that_makes_no_progress(planned: tuple[Planned, ...]) -> None:
    rollout = spec(planned, "marketplace-rollout")
    assert (rollout["progressDeadlineSeconds"], rollout["progressDeadlineAbort"]) == (600, True)
    assert rollout["revisionHistoryLimit"] == 5


def test_spells_the_template_as_kubernetes_does(planned: tuple[Planned, ...]) -> None:
    rollout = spec(planned, "marketplace-rollout")
    assert rollout["template"] == {
        "metadata": {"labels": {"app.kubernetes.io/name": "marketplace"}},
        "spec": {"serviceAccountName": "marketplace", "containers": [{"name": "main", "envFrom": []}]},
    }
    assert rollout["selector"] == {"matchLabels": {"app.kubernetes.io/name": "marketplace"}}


def test_a_deployment_waits_longer_than_all_soaks(planned: tuple[Planned, ...]) -> None:
    rollout = named(planned, "marketplace-rollout")
    soaks = (30 + 75) * 60
    assert rollout.timeouts == {"create": f"{soaks + 3 * 600}s", "update": f"{soaks + 3 * 600}s"}
    assert rollout.inputs["metadata"]["annotations"] == {"pulumi.com/waitFor": "jsonpath={.status.phase}=Healthy"}


def test_one_stage_is_all_at_once() -> None:
    planned = planned_with([{"weight": 100}])
    assert spec(planned, "marketplace-rollout")["strategy"]["canary"]["steps"] == [{"setWeight": 100}]


@pytest.mark.parametrize(
    ("stages", "words"),
    [
        ([], "at least 1 item"),
        ([{"weight": 0, "soak": "30m"}, {"weight": 100}], "percent"),
        ([{"weight": 10, "soak": "soon"}, {"weight": 100}], "a duration above zero"),
        (
            [{"weight": 10, "soak": "30m"}, {"weight": 50}],
            "expected weights that rise to 100, for example 10, 50, 100; found 10, 50",
        ),
        (
            [{"weight": 50, "soak": "30m"}, {"weight": 10, "soak": "30m"}, {"weight": 100}],
            "expected weights that rise to 100, for example 10, 50, 100; found 50, 10, 100",
        ),
        (
            [{"weight": 50, "soak": "30m"}, {"weight": 50, "soak": "30m"}, {"weight": 100}],
            "expected weights that rise to 100, for example 10, 50, 100; found 50, 50, 100",
        ),
        ([{"weight": 10}, {"weight": 100}], "expected a soak, for example 30m, in every stage but the last"),
        ([{"weight": 100, "soak": "30m"}], "expected a soak, for example 30m, in every stage but the last"),
    ],
)
def test_refuses(stages: list[dict[str, Any]], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        planned_with(stages)
