"""Blue becomes green once it has answered, and goes back while green is still warm."""

from typing import Any

import pytest
from guardrails import RULES
from guardrails.evaluation.evaluate import evaluate_resource
from pydantic import ValidationError

from components.workload.blue_green import BlueGreen, BlueGreenArgs
from components.workload.canary_stages import CanaryStages, CanaryStagesArgs
from components.workload.smoke_test import SmokeTest, SmokeTestArgs
from tests.support.plan import LABELS, Planned, as_resources, named, paths, plan, spec

GIVEN: dict[str, Any] = {"service": "api", "namespace": "shop", "labels": LABELS}
TEMPLATE = {"metadata": {"labels": {}}, "spec": {"containers": []}}
GATES = {"template": "api-gates", "scrape": "15s"}
CHANGE: dict[str, Any] = {**GIVEN, "template": TEMPLATE, "soak": "10m", "warm": "1h", "gates": GATES}
SMOKE: dict[str, Any] = {**GIVEN, "home": "shop", "port": 8080, "health": "/health", "image": "254carbon/curl:v8.17.0"}


def changed(**more: object) -> tuple[Planned, ...]:
    return plan(lambda: BlueGreen("api", BlueGreenArgs.model_validate({**CHANGE, **more})))


def steps(**more: object) -> list[dict[str, Any]]:
    stages = [{"weight": 10, "soak": "30m"}, {"weight": 100}]
    args = {**GIVEN, "template": TEMPLATE, "stages": stages, "tested": True, **more}
    found = plan(lambda: CanaryStages("api", CanaryStagesArgs.model_validate(args)))
    canary: dict[str, Any] = spec(found, "api-rollout")["strategy"]["canary"]
    assert canary["canaryService"] == "api-preview"
    made: list[dict[str, Any]] = canary["steps"]
    return made


@pytest.fixture(scope="module")
def smoke() -> tuple[Planned, ...]:
    return plan(lambda: SmokeTest("api", SmokeTestArgs.model_validate(SMOKE)))


def test_changes_over_between_two_analyses() -> None:
    found = spec(changed(), "api-rollout")["strategy"]["blueGreen"]
    assert (found["activeService"], found["previewService"], found["autoPromotionEnabled"]) == (
        "api",
        "api-preview",
        True,
    )
    assert found["prePromotionAnalysis"] == {"templates": [{"templateName": "api-smoke"}]}
    assert found["postPromotionAnalysis"]["templates"] == [{"templateName": "api-gates"}]


def test_the_old_version_outlives_the_soak() -> None:
    assert spec(changed(), "api-rollout")["strategy"]["blueGreen"]["scaleDownDelaySeconds"] == 600 + 3600


def test_without_measurements_the_test_alone_decides() -> None:
    assert "postPromotionAnalysis" not in spec(changed(gates=None), "api-rollout")["strategy"]["blueGreen"]


def test_waits_or_returns() -> None:
    rollout = named(changed(), "api-rollout")
    assert rollout.timeouts == {"create": "1800s", "update": "1800s"}
    assert rollout.inputs["metadata"]["annotations"] == {"pulumi.com/waitFor": "jsonpath={.status.phase}=Healthy"}
    at_once = named(changed(waits=False), "api-rollout").inputs["metadata"]["annotations"]
    assert at_once == {"pulumi.com/skipAwait": "true"}


def test_refuses_no_warmth() -> None:
    with pytest.raises(ValidationError, match="a duration above zero"):
        changed(warm="0s")


def test_the_smoke_test_owns_its_way(smoke: tuple[Planned, ...]) -> None:
    component = "golive:workload:SmokeTest"
    assert paths(smoke) == [
        f"{component}$kubernetes:argoproj.io/v1alpha1:AnalysisTemplate::api-smoke",
        f"{component}$kubernetes:core/v1:Service::api-preview",
        f"{component}$kubernetes:networking.k8s.io/v1:NetworkPolicy::api-smoke-asks",
        f"{component}$kubernetes:networking.k8s.io/v1:NetworkPolicy::api-smoke-reaches",
        f"{component}::api",
    ]


def test_the_smoke_test_asks_the_new_version_alone(smoke: tuple[Planned, ...]) -> None:
    (metric,) = spec(smoke, "api-smoke", "AnalysisTemplate")["metrics"]
    job = metric["provider"]["job"]["spec"]
    (container,) = job["template"]["spec"]["containers"]
    assert container["command"][-1] == "http://api-preview.shop.svc.cluster.local:8080/health"
    assert "--fail" in container["command"]
    assert (metric["failureLimit"], job["backoffLimit"]) == (0, 0)


def test_the_smoke_test_keeps_every_rule_about_pods(smoke: tuple[Planned, ...]) -> None:
    (template,) = [each for each in as_resources(smoke) if each.type.endswith("AnalysisTemplate")]
    assert [finding.message for finding in evaluate_resource(template, RULES)] == []


def test_with_a_mesh_the_test_comes_before_all_traffic() -> None:
    found = steps(routed=True)
    assert [next(iter(step)) for step in found[:4]] == ["setCanaryScale", "analysis", "setCanaryScale", "setWeight"]
    assert found[1] == {"analysis": {"templates": [{"templateName": "api-smoke"}]}}


def test_without_one_it_meets_the_first_users() -> None:
    assert [next(iter(step)) for step in steps()] == ["setWeight", "analysis", "pause", "setWeight"]
