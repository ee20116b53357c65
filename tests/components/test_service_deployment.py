"""A service is ready to serve, to scale, to be drained and to be replaced."""

from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from pydantic import ValidationError

from components.workload.service_deployment import ServiceDeployment, ServiceDeploymentArgs, config_name
from tests.support.plan import LABELS, Planned, named, paths, plan, spec

COMPONENT = "golive:workload:ServiceDeployment"
STAGES = [{"weight": 10, "soak": "30m"}, {"weight": 50, "soak": "30m"}, {"weight": 100}]
SELECTED = {"matchLabels": {"app.kubernetes.io/name": "backend"}}
GOOD: dict[str, Any] = {
    "service": "backend",
    "namespace": "optibid",
    "labels": LABELS,
    "image": "optibid/backend:v1.2.0",
    "port": 8000,
    "resources": {"cpu_request": "100m", "cpu_limit": "500m", "memory_request": "256Mi", "memory_limit": "256Mi"},
    "replicas": {"min": 2, "max": 6},
    "environment": {"LOG_LEVEL": "info"},
    "secrets": [{"name": "postgresql", "object": "postgresql-1", "keys": ["username", "password"]}],
}
CONFIG = config_name("backend", {"LOG_LEVEL": "info"})


def planned_with(**change: Any) -> tuple[Planned, ...]:  # noqa: ANN401  # any argument of the component
    return plan(lambda: ServiceDeployment("backend", ServiceDeploymentArgs.model_validate({**GOOD, **change})))


@pytest.fixture(scope="module")
def planned() -> tuple[Planned, ...]:
    return planned_with()


@pytest.fixture(scope="module")
def staged() -> tuple[Planned, ...]:
    return planned_with(stages=STAGES)


def test_owns_all_it_declares(planned: tuple[Planned, ...]) -> None:
    assert paths(planned) == [
        f"{COMPONENT}$kubernetes:apps/v1:Deployment::backend-deployment",
        f"{COMPONENT}$kubernetes:autoscaling/v2:HorizontalPodAutoscaler::backend-autoscaler",
        f"{COMPONENT}$kubernetes:core/v1:ConfigMap::backend-config",
        f"{COMPONENT}$kubernetes:core/v1:Service::backend-service",
        f"{COMPONENT}$kubernetes:core/v1:ServiceAccount::backend-account",
        f"{COMPONENT}$kubernetes:policy/v1:PodDisruptionBudget::backend-budget",
        f"{COMPONENT}::backend",
    ]


def test_with_stages_a_rollout_takes_the_deployment_s_place(staged: tuple[Planned, ...]) -> None:
    stages = "golive:workload:CanaryStages"
    assert f"{COMPONENT}${stages}$kubernetes:argoproj.io/v1alpha1:Rollout::backend-rollout" in paths(staged)
    assert f"{COMPONENT}${stages}::backend" in paths(staged)
    assert [resource.path for resource in staged if resource.type.endswith(":Deployment")] == []


def test_every_object_is_named_and_labelled(planned: tuple[Planned, ...], staged: tuple[Planned, ...]) -> None:
    for resource in (*planned, *staged):
        if resource.type.startswith("kubernetes:"):
            metadata = resource.inputs["metadata"]
            expected = CONFIG if resource.type.endswith(":ConfigMap") else "backend"
            assert (metadata["name"], metadata["namespace"]) == (expected, "optibid")
            assert metadata["labels"] == {**LABELS, "app.kubernetes.io/name": "backend"}


def test_the_account_gives_no_token_away(planned: tuple[Planned, ...]) -> None:
    assert named(planned, "backend-account").inputs["automountServiceAccountToken"] is False
    pod = spec(planned, "backend-deployment")["template"]["spec"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["serviceAccountName"] == "backend"
    assert pod["enableServiceLinks"] is False


def test_a_deployment_adds_a_pod_before_it_takes_one(planned: tuple[Planned, ...]) -> None:
    deployment = spec(planned, "backend-deployment")
    assert deployment["selector"] == SELECTED
    assert deployment["strategy"] == {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxUnavailable": 0, "maxSurge": "25%"},
    }
    assert (deployment["revisionHistoryLimit"], deployment["progressDeadlineSeconds"]) == (5, 600)
    assert deployment["template"]["metadata"]["labels"] == {**LABELS, "app.kubernetes.io/name": "backend"}


def test_both_workloads_run_the_same_pods(planned: tuple[Planned, ...], staged: tuple[Planned, ...]) -> None:
    assert spec(staged, "backend-rollout")["template"] == spec(planned, "backend-deployment")["template"]


@pytest.mark.parametrize(
    ("stages", "target"),
    [
        ([], {"apiVersion": "apps/v1", "kind": "Deployment", "name": "backend"}),
        (STAGES, {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "name": "backend"}),
    ],
)
def test_the_autoscaler_alone_owns_the_number_of_pods(stages: list[Any], target: dict[str, str]) -> None:
    planned = planned_with(stages=stages)
    assert spec(planned, "backend-autoscaler") == {
        "scaleTargetRef": target,
        "minReplicas": 2,
        "maxReplicas": 6,
        "metrics": [
            {
                "type": "Resource",
                "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}},
            },
            {
                "type": "Resource",
                "resource": {"name": "memory", "target": {"type": "Utilization", "averageUtilization": 80}},
            },
        ],
        "behavior": {"scaleDown": {"stabilizationWindowSeconds": 300}},
    }
    workload = next(r for r in planned if r.type.endswith((":Deployment", ":Rollout")))
    assert "replicas" not in workload.inputs["spec"]


@pytest.mark.parametrize("healthy", range(1, 7))
def test_the_disruption_budget_never_blocks_a_drain(planned: tuple[Planned, ...], healthy: int) -> None:
    budget = spec(planned, "backend-budget")
    assert budget == {
        "maxUnavailable": 1,
        "unhealthyPodEvictionPolicy": "AlwaysAllow",
        "selector": SELECTED,
    }
    evictable = healthy - max(healthy - budget["maxUnavailable"], 0)
    assert evictable >= 1


def test_the_service_reaches_the_pods_by_the_port_s_name(planned: tuple[Planned, ...]) -> None:
    assert spec(planned, "backend-service") == {
        "type": "ClusterIP",
        "selector": {"app.kubernetes.io/name": "backend"},
        "ports": [{"name": "http", "port": 8000, "targetPort": "http", "protocol": "TCP"}],
    }


def test_the_config_is_named_by_its_content_and_by_nothing_else() -> None:
    assert config_name("backend", {"A": "1", "B": "2"}) == config_name("backend", {"B": "2", "A": "1"})
    assert config_name("backend", {"A": "1"}) == "backend-1ffee5b634"
    others = [{}, {"A": "2"}, {"B": "1"}, {"A": "1", "B": ""}, {"A": '1","B":"'}]
    assert len({config_name("backend", data) for data in [{"A": "1"}, *others]}) == len(others) + 1


def test_other_content_is_another_config_and_another_template(planned: tuple[Planned, ...]) -> None:
    other = planned_with(environment={"LOG_LEVEL": "debug"})
    renamed = named(other, "backend-config").inputs["metadata"]["name"]
    assert renamed != CONFIG
    (container,) = spec(other, "backend-deployment")["template"]["spec"]["containers"]
    assert container["envFrom"] == [{"configMapRef": {"name": renamed}}]
    same = planned_with(image="optibid/backend:v1.3.0", replicas={"min": 3, "max": 9})
    assert named(same, "backend-config").inputs == named(planned, "backend-config").inputs


def test_the_config_can_t_change_and_outlives_its_version(planned: tuple[Planned, ...]) -> None:
    config = named(planned, "backend-config")
    assert (config.inputs["data"], config.inputs["immutable"], config.retain) == ({"LOG_LEVEL": "info"}, True, True)
    assert config.path in named(planned, "backend-deployment").after


def test_tells_its_names(planned: tuple[Planned, ...]) -> None:
    assert named(planned, "backend").outputs == {"service": "backend", "config": CONFIG}


def test_the_namespace_may_come_from_another_resource() -> None:
    def program() -> None:
        later = aws.kms.Key("key").urn.apply(lambda _: "later")
        ServiceDeployment("backend", ServiceDeploymentArgs.model_validate({**GOOD, "namespace": later}))

    service = named(plan(program), "backend-service")
    assert service.inputs["metadata"]["namespace"] == "later"
    assert service.after == ("aws:kms/key:Key::key",)


@pytest.mark.parametrize(("stages", "workload"), [([], "backend-deployment"), (STAGES, "backend-rollout")])
def test_pods_wait_for_what_must_be_there_first(stages: list[Any], workload: str) -> None:
    def program() -> None:
        first = aws.kms.Key("first")
        ServiceDeployment(
            "backend", ServiceDeploymentArgs.model_validate({**GOOD, "stages": stages, "after": (first,)})
        )

    planned = plan(program)
    assert named(planned, workload).after == (
        "aws:kms/key:Key::first",
        named(planned, "backend-config").path,
        named(planned, "backend-account").path,
    )


def test_no_literal_secret_anywhere(planned: tuple[Planned, ...], staged: tuple[Planned, ...]) -> None:
    assert [r.path for r in (*planned, *staged) if r.type == "kubernetes:core/v1:Secret"] == []


def test_two_services_live_in_one_stack() -> None:
    def program() -> None:
        for name in ("backend", "frontend"):
            ServiceDeployment(name, ServiceDeploymentArgs.model_validate({**GOOD, "service": name}))

    assert len(plan(program)) == 14


def test_a_refused_argument_stops_the_program() -> None:
    with pytest.raises(ValidationError, match="an image reference"):
        planned_with(image="not an image")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"image": ""}, "an image reference"),
        ({"image": pulumi.UNKNOWN}, "an image reference"),
        ({"port": 99999}, "port"),
        ({"health": "health"}, "String should match pattern"),
        ({"replicas": {"min": 0, "max": 1}}, "greater than or equal to 1"),
        (
            {"replicas": {"min": 3, "max": 2}},
            "expected min <= max, for example min 2, max 6; found min 3, max 2",
        ),
        ({"resources": {"cpu_request": "100m"}}, "Field required"),
        ({"environment": {"log level": "info"}}, "String should match pattern"),
        ({"environment": {"PORT": 8000}}, "Input should be a valid string"),
        ({"secrets": [{"name": "postgresql", "keys": []}]}, "at least 1 item"),
        ({"stages": [{"weight": 10, "soak": "30m"}]}, "rise to 100"),
        ({"privileged": True}, "Extra inputs are not permitted"),
    ],
)
def test_refuses(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        planned_with(**change)
