"""A mesh gets its routes from the program once, and its weights from the controller ever after."""

from typing import Any

import pytest
from pydantic import ValidationError

from components.workload.canary_stages import CanaryStages, CanaryStagesArgs
from components.workload.mesh_route import MeshRoute, MeshRouteArgs
from tests.support.plan import LABELS, Planned, paths, plan, spec

GIVEN: dict[str, Any] = {"service": "api", "namespace": "shop", "labels": LABELS}
STAGES = [{"weight": 10, "soak": "30m"}, {"weight": 100}]
TEMPLATE = {"metadata": {"labels": {}}, "spec": {"containers": []}}
HOST = "api.shop.svc.cluster.local"


@pytest.fixture(scope="module")
def planned() -> tuple[Planned, ...]:
    return plan(lambda: MeshRoute("api", MeshRouteArgs.model_validate({**GIVEN, "home": "shop"})))


def canary(**more: object) -> dict[str, Any]:
    args = {**GIVEN, "template": TEMPLATE, "stages": STAGES, "routed": True, **more}
    found = plan(lambda: CanaryStages("api", CanaryStagesArgs.model_validate(args)))
    strategy: dict[str, Any] = spec(found, "api-rollout")["strategy"]["canary"]
    return strategy


def test_owns_a_route_and_its_subsets(planned: tuple[Planned, ...]) -> None:
    component = "golive:workload:MeshRoute"
    assert paths(planned) == [
        f"{component}$kubernetes:networking.istio.io/v1:DestinationRule::api-subsets",
        f"{component}$kubernetes:networking.istio.io/v1:VirtualService::api-weights",
        f"{component}::api",
    ]


def test_begins_with_everything_stable(planned: tuple[Planned, ...]) -> None:
    (route,) = spec(planned, "api-weights")["http"]
    shares = [(each["destination"], each["weight"]) for each in route["route"]]
    assert shares == [({"host": HOST, "subset": "stable"}, 100), ({"host": HOST, "subset": "canary"}, 0)]
    assert spec(planned, "api-weights")["hosts"] == [HOST]
    assert [each["name"] for each in spec(planned, "api-subsets")["subsets"]] == ["stable", "canary"]


def test_the_rollout_moves_the_weights_of_that_route(planned: tuple[Planned, ...]) -> None:
    istio = canary()["trafficRouting"]["istio"]
    (route,) = spec(planned, "api-weights")["http"]
    assert istio["virtualService"] == {"name": "api", "routes": [route["name"]]}
    assert istio["destinationRule"] == {"name": "api", "stableSubsetName": "stable", "canarySubsetName": "canary"}


def test_the_old_version_is_kept_warm() -> None:
    assert canary(warm="1h")["scaleDownDelaySeconds"] == 3600
    assert "scaleDownDelaySeconds" not in canary()


def test_nothing_is_kept_warm_without_a_mesh() -> None:
    with pytest.raises(ValidationError, match="without one it would get requests"):
        canary(warm="1h", routed=False)
    assert "trafficRouting" not in canary(routed=False)
