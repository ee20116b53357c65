"""Products fit what their environment rents from AWS, or the settings are refused."""

import pytest

from tests.stack.test_resolve import joined
from tests.stack.test_validation import refusals
from tests.support.stack_data import Place, changed

REFUSED: dict[str, tuple[list[tuple[Place, object]], list[str]]] = {
    "a product that the edge does not know": (
        [(("aws", "edge", "products"), {"optibit": {"requests": 2000}})],
        [
            "aws.edge.products.optibid: found nothing; expected its limits, for example optibid: {requests: 2000}.",
            (
                "aws.edge.products.optibit: found a product that does not run here; expected one of optibid. "
                "Did you mean 'optibid'?"
            ),
        ],
    ),
    "a product outside the zone": (
        [(("products", "optibid", "domain"), "optibid.io")],
        [
            (
                "products.optibid.domain: found 'optibid.io', which is not in 254carbon.ai; "
                "expected a domain in aws.edge.zone."
            )
        ],
    ),
    "a store that AWS runs, in the cluster": (
        [(("stores", "redis"), {"host": "redis.data.svc.cluster.local", "namespace": "data"})],
        [
            (
                "stores.redis: found a namespace, though AWS runs it (aws.stores.redis); expected a name and the data "
                "subnets, for example {host: redis.example.internal, cidrs: [10.20.64.0/20]}."
            )
        ],
    ),
    "a store that AWS runs for nobody": (
        [
            (
                ("aws", "stores", "postgresql"),
                {"version": "17", "instanceClass": "db.m7g.large", "zones": 2, "storage": 100, "mostStorage": 500},
            )
        ],
        ["aws.stores.postgresql: found a store that no service here uses; expected no line for it."],
    ),
}


@pytest.mark.parametrize(("changes", "says"), [pytest.param(*case, id=name) for name, case in REFUSED.items()])
def test_refuses(changes: list[tuple[Place, object]], says: list[str]) -> None:
    assert refusals(*changes) == says


def test_an_image_of_a_named_registry_comes_from_there() -> None:
    image = "registry.example/optibid/optibid-backend:v1.0.0"
    backend = joined(changed((("releases", "optibid-backend", "image"), image)))["optibid-backend"]
    assert (backend.image, backend.repository) == (image, "optibid/optibid-backend")


def test_a_broker_of_aws_listens_on_its_own_port() -> None:
    kafka = {"version": "3.9.x", "instanceType": "kafka.m7g.large", "storage": 500}
    backend = joined(changed((("aws", "stores", "kafka"), kafka)))["optibid-backend"]
    assert {store.name: store.port for store in backend.stores}["kafka"] == 9098
    assert backend.environment["KAFKA_PORT"] == "9098"
