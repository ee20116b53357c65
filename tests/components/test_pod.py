"""A pod is confined, probed, spread, and given time to stop."""

from typing import Any

import pytest

from components.workload.service_deployment import ServiceDeployment, ServiceDeploymentArgs
from tests.components.test_service_deployment import CONFIG, GOOD, SELECTED
from tests.support.plan import plan, spec


def pod_with(**change: Any) -> dict[str, Any]:  # noqa: ANN401  # any argument of the component
    args = ServiceDeploymentArgs.model_validate({**GOOD, **change})
    found = spec(plan(lambda: ServiceDeployment("backend", args)), "backend-deployment")["template"]["spec"]
    assert isinstance(found, dict)
    return found


@pytest.fixture(scope="module")
def pod() -> dict[str, Any]:
    return pod_with()


@pytest.fixture(scope="module")
def container(pod: dict[str, Any]) -> dict[str, Any]:
    (only,) = pod["containers"]
    assert isinstance(only, dict)
    return only


def test_pods_are_confined(pod: dict[str, Any], container: dict[str, Any]) -> None:
    assert pod["securityContext"] == {
        "runAsNonRoot": True,
        "runAsUser": 10001,
        "runAsGroup": 10001,
        "fsGroup": 10001,
        "fsGroupChangePolicy": "OnRootMismatch",
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "runAsNonRoot": True,
        "capabilities": {"drop": ["ALL"]},
    }


def test_the_container_says_what_it_is(container: dict[str, Any]) -> None:
    assert (container["name"], container["image"]) == ("backend", "optibid/backend:v1.2.0")
    assert container["imagePullPolicy"] == "IfNotPresent"
    assert container["ports"] == [{"name": "http", "containerPort": 8000, "protocol": "TCP"}]
    assert container["envFrom"] == [{"configMapRef": {"name": CONFIG}}]
    assert container["resources"] == {
        "requests": {"cpu": "100m", "memory": "256Mi"},
        "limits": {"cpu": "500m", "memory": "256Mi"},
    }


def test_all_three_probes_ask_the_health_path(container: dict[str, Any]) -> None:
    asked = {"path": "/health", "port": "http"}
    seconds = {"timeoutSeconds": 2}
    assert container["startupProbe"] == {"httpGet": asked, "periodSeconds": 5, "failureThreshold": 30, **seconds}
    assert container["readinessProbe"] == {"httpGet": asked, "periodSeconds": 5, "failureThreshold": 2, **seconds}
    assert container["livenessProbe"] == {"httpGet": asked, "periodSeconds": 10, "failureThreshold": 6, **seconds}
    (other,) = pod_with(health="/api/health")["containers"]
    assert {other[f"{probe}Probe"]["httpGet"]["path"] for probe in ("startup", "readiness", "liveness")} == {
        "/api/health"
    }


def test_secrets_are_files_that_only_the_container_s_group_reads(
    pod: dict[str, Any], container: dict[str, Any]
) -> None:
    assert pod["volumes"] == [
        {"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}},
        {
            "name": "secret-postgresql",
            "secret": {
                "secretName": "postgresql-1",
                "defaultMode": 0o440,
                "items": [{"key": "username", "path": "username"}, {"key": "password", "path": "password"}],
            },
        },
    ]
    assert container["volumeMounts"] == [
        {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108  # a path in the container, on a volume of its own
        {"name": "secret-postgresql", "mountPath": "/etc/golive/secrets/postgresql", "readOnly": True},
    ]
    assert container["env"] == [{"name": "SECRETS_PATH", "value": "/etc/golive/secrets"}]


def test_a_stopping_pod_drains_before_it_is_killed(pod: dict[str, Any], container: dict[str, Any]) -> None:
    assert container["lifecycle"] == {"preStop": {"sleep": {"seconds": 10}}}
    assert pod["terminationGracePeriodSeconds"] == 45


def test_pods_spread_over_zones_and_hosts_as_far_as_there_are_any(pod: dict[str, Any]) -> None:
    constraints = pod["topologySpreadConstraints"]
    assert [constraint["topologyKey"] for constraint in constraints] == [
        "topology.kubernetes.io/zone",
        "kubernetes.io/hostname",
    ]
    for constraint in constraints:
        assert constraint["labelSelector"] == SELECTED
        assert (constraint["maxSkew"], constraint["whenUnsatisfiable"]) == (1, "ScheduleAnyway")
