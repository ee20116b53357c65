"""Settings and catalogue are joined into one record for each service."""

from pathlib import Path
from typing import Any

import pytest

from catalog import PRODUCTS
from settings.load import parse, read
from stack.quota import quota
from stack.resolve import Peer, StoreAddress, Workload, join, namespaces
from tests.support.stack_data import changed, valid

ROOT = Path(__file__).parents[2]


def joined(data: dict[str, Any]) -> dict[str, Workload]:
    """Join this data with the catalogue and give the services by name."""
    return {workload.name: workload for workload in join(parse(data, "Pulumi.prod.yaml"), PRODUCTS)}


def test_a_release_fits_into_the_quota() -> None:
    """Six pods and their surge; both versions whole with a mesh, its proxies and the smoke tests included."""
    plain = quota(list(joined(valid()).values()))
    assert (plain.pods, plain.cpu_requests, plain.memory_limits) == (16, "1600m", "4096Mi")
    mesh = (("platform", "mesh"), {"namespace": "istio-system"})
    test = (("platform", "smokeTest"), {"image": "254carbon/curl:v8.17.0"})
    whole = quota(list(joined(changed(mesh, test)).values()))
    assert (whole.pods, whole.cpu_requests, whole.memory_limits) == (26, "3900m", "13312Mi")


def test_the_smoke_test_comes_from_the_own_registry() -> None:
    backend = joined(changed((("platform", "smokeTest"), {"image": "254carbon/curl:v8.17.0"})))["optibid-backend"]
    assert backend.smoke_test == "111122223333.dkr.ecr.us-east-1.amazonaws.com/254carbon/curl:v8.17.0"
    assert backend.repositories == ("optibid/optibid-backend", "254carbon/curl")


def test_everything_about_one_service() -> None:
    backend = joined(valid())["optibid-backend"]
    assert (backend.product, backend.namespace, backend.domain) == ("optibid", "optibid", "optibid.254carbon.ai")
    assert backend.image == "111122223333.dkr.ecr.us-east-1.amazonaws.com/optibid/optibid-backend:v1.0.0"
    assert backend.repository == "optibid/optibid-backend"
    assert (backend.port, backend.health, backend.metrics) == (8000, "/health", "/metrics")
    assert (backend.edge, backend.internet) == (True, False)
    assert backend.capacity.replicas.max == 6
    assert backend.canary is not None
    assert [stage.weight for stage in backend.canary.stages] == [10, 50, 100]
    assert [secret.name for secret in backend.secrets] == ["optibid-backend-stores", "optibid-backend-jwt"]
    assert backend.environment == {
        "CLICKHOUSE_HOST": "clickhouse.data.svc.cluster.local",
        "CLICKHOUSE_PORT": "8123",
        "ENVIRONMENT": "prod",
        "KAFKA_HOST": "kafka.example.internal",
        "KAFKA_PORT": "9092",
        "LOG_FORMAT": "json",
        "PORT": "8000",
        "REDIS_HOST": "redis.example.internal",
        "REDIS_PORT": "6379",
        "TIMESCALEDB_HOST": "timescaledb.data.svc.cluster.local",
        "TIMESCALEDB_PORT": "5432",
    }


def test_both_ends_of_an_edge_name_the_same_port() -> None:
    services = joined(valid())
    assert services["optibid-frontend"].calls == (Peer(namespace="optibid", service="optibid-backend", port=8000),)
    assert services["optibid-backend"].callers == (Peer(namespace="optibid", service="optibid-frontend", port=8000),)


def test_a_caller_is_told_where_to_call() -> None:
    environment = joined(valid())["optibid-frontend"].environment
    assert environment["OPTIBID_BACKEND_URL"] == "http://optibid-backend.optibid.svc.cluster.local:8000"


def test_stores_keep_their_place() -> None:
    stores = {store.name: store for store in joined(valid())["optibid-backend"].stores}
    assert stores["redis"] == StoreAddress(
        name="redis", host="redis.example.internal", port=6379, namespace=None, cidrs=("10.20.64.0/20",)
    )
    assert (stores["timescaledb"].namespace, stores["timescaledb"].cidrs) == ("data", ())


def test_an_own_capacity_replaces_the_default_whole() -> None:
    own = {**valid()["capacity"]["default"], "replicas": {"min": 3, "max": 9}}
    services = joined(changed((("capacity", "optibid-backend"), own)))
    assert services["optibid-backend"].capacity.replicas.max == 9
    assert services["optibid-frontend"].capacity.replicas.max == 6


def test_a_service_that_nobody_calls_has_no_traffic_to_share_out() -> None:
    services = {each.name: each for each in join(read(ROOT / "Pulumi.prod.yaml"), PRODUCTS)}
    assert services["miso-connector"].canary is None
    assert services["marketplace"].canary is not None


def test_connectors_leave_through_the_proxy() -> None:
    services = {each.name: each for each in join(read(ROOT / "Pulumi.prod.yaml"), PRODUCTS)}
    connector = services["miso-connector"]
    assert connector.internet
    assert connector.environment["HTTPS_PROXY"] == "http://egress.egress.svc.cluster.local:3128"
    assert connector.environment["NO_PROXY"] == (
        ".svc.cluster.local,kafka.prod.254carbon.internal,clickhouse.market-intelligence-infra.svc.cluster.local"
    )
    assert not [each.name for each in services.values() if "HTTPS_PROXY" in each.environment and not each.internet]


@pytest.mark.parametrize("stack", ["dev", "staging", "prod"])
def test_the_shipped_stacks_join(stack: str) -> None:
    groups = namespaces(join(read(ROOT / f"Pulumi.{stack}.yaml"), PRODUCTS))
    assert {name: len(workloads) for name, workloads in groups.items()} == {
        "market-intelligence": 18,
        "signal-service": 4,
        "optibid": 2,
    }
