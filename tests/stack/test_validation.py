"""What does not fit together is refused, with every fault at once and the line of each."""

from dataclasses import replace
from pathlib import Path

import pytest

from catalog import PRODUCTS, product
from settings.errors import SettingsError
from settings.load import parse, read
from stack.resolve import join
from tests.stack.test_resolve import joined
from tests.support.stack_data import REMOVED, Place, changed, valid

ROOT = Path(__file__).parents[2]


def refusals(*changes: tuple[Place, object]) -> list[str]:
    """List what the join says against the changed data."""
    with pytest.raises(SettingsError) as caught:
        joined(changed(*changes))
    return [str(fault) for fault in caught.value.faults]


SERVICES = "optibid-backend, optibid-frontend"
KNOWN = "market-intelligence, signal-service, optibid"
RELEASE = {"image": "a/b:v1"}

REFUSED: dict[str, tuple[list[tuple[Place, object]], list[str]]] = {
    "an unknown product": (
        [(("products", "optibit"), {"namespace": "other", "domain": "a.b"})],
        [
            (
                f"products.optibit: found a product that the catalogue doesn't have; expected one of {KNOWN}. "
                "Did you mean 'optibid'?"
            )
        ],
    ),
    "a release of nobody": (
        [(("releases", "optibid-backent"), RELEASE)],
        [
            (
                "releases.optibid-backent: found a service that the catalogue doesn't have; "
                f"expected one of {SERVICES}. Did you mean 'optibid-backend'?"
            )
        ],
    ),
    "a release of a product that doesn't run here": (
        [(("releases", "marketplace"), RELEASE)],
        [
            (
                "releases.marketplace: found a service of market-intelligence; "
                "expected market-intelligence under products too, or no entry here."
            )
        ],
    ),
    "a missing release": (
        [(("releases", "optibid-backend"), REMOVED)],
        [
            (
                "releases.optibid-backend: found nothing; expected the release of a service of optibid, "
                "for example optibid-backend: {image: 'registry.example/optibid-backend:v1.0.0'}."
            )
        ],
    ),
    "a missing store": (
        [(("stores", "redis"), REMOVED)],
        [
            (
                "stores.redis: found nothing; expected the store that optibid-backend needs, "
                "for example redis: {host: redis.example.internal, cidrs: [10.20.64.0/20]}."
            )
        ],
    ),
    "an unknown store": (
        [(("stores", "reddis"), {"host": "a", "namespace": "b"})],
        [
            (
                "stores.reddis: found a store that the catalogue doesn't have; "
                "expected one of clickhouse, kafka, object-storage, postgresql, redis, timescaledb. "
                "Did you mean 'redis'?"
            )
        ],
    ),
    "capacity for nobody": (
        [(("capacity", "zzz"), valid()["capacity"]["default"])],
        [f"capacity.zzz: found a service that the catalogue doesn't have; expected one of {SERVICES}."],
    ),
    "capacity for a service that doesn't run here": (
        [(("capacity", "web-hub"), valid()["capacity"]["default"])],
        [
            (
                "capacity.web-hub: found a service of market-intelligence; "
                "expected market-intelligence under products too, or no entry here."
            )
        ],
    ),
    "a namespace of the platform": (
        [(("products", "optibid", "namespace"), "monitoring")],
        [
            (
                "products.optibid.namespace: found 'monitoring', which belongs to monitoring; "
                "expected a namespace of its own, for example optibid."
            )
        ],
    ),
    "a namespace of the mesh": (
        [
            (("platform", "mesh"), {"namespace": "istio-system"}),
            (("products", "optibid", "namespace"), "istio-system"),
        ],
        [
            (
                "products.optibid.namespace: found 'istio-system', which belongs to the mesh; "
                "expected a namespace of its own, for example optibid."
            )
        ],
    ),
    "an old version that would stay in use": (
        [(("products", "optibid", "canary", "warm"), "1h")],
        [
            (
                "products.optibid.canary.warm: found '1h', and no platform.mesh; expected no warm where no mesh runs, "
                "or the mesh, for example mesh: {namespace: istio-system}."
            )
        ],
    ),
    "blue and green without a test": (
        [
            (("products", "optibid", "canary"), REMOVED),
            (("products", "optibid", "blueGreen"), {"soak": "10m", "warm": "1h"}),
        ],
        [
            (
                "platform.smokeTest: found nothing, with products.optibid.blueGreen; expected what tests a new "
                "version, for example smokeTest: {image: '254carbon/curl:v8.17.0'}."
            )
        ],
    ),
    "a namespace of a store": (
        [(("products", "optibid", "namespace"), "data")],
        [
            (
                "products.optibid.namespace: found 'data', which belongs to the store clickhouse; "
                "expected a namespace of its own, for example optibid."
            )
        ],
    ),
    "a namespace of Kubernetes": (
        [(("products", "optibid", "namespace"), "kube-system")],
        [
            (
                "products.optibid.namespace: found 'kube-system', which belongs to Kubernetes; "
                "expected a namespace of its own, for example optibid."
            )
        ],
    ),
    "two faults at once": (
        [(("releases", "zzz"), RELEASE), (("stores", "redis"), REMOVED)],
        [
            f"releases.zzz: found a service that the catalogue doesn't have; expected one of {SERVICES}.",
            (
                "stores.redis: found nothing; expected the store that optibid-backend needs, "
                "for example redis: {host: redis.example.internal, cidrs: [10.20.64.0/20]}."
            ),
        ],
    ),
}


@pytest.mark.parametrize(("changes", "says"), [pytest.param(*case, id=name) for name, case in REFUSED.items()])
def test_refuses(changes: list[tuple[Place, object]], says: list[str]) -> None:
    assert refusals(*changes) == says


def test_refuses_two_products_in_one_place() -> None:
    names = ("signal-service", "instrument-service", "ticker-service", "subscription-service")
    releases = [(("releases", name), RELEASE) for name in names]
    limits = (("aws", "edge", "products", "signal-service"), {"requests": 500})
    assert refusals((("products", "signal-service"), valid()["products"]["optibid"]), limits, *releases) == [
        (
            "products.signal-service.namespace: found 'optibid', which optibid has already; "
            "expected a namespace of its own, for example signal-service."
        ),
        (
            "products.signal-service.domain: found 'optibid.254carbon.ai', which optibid has already; "
            "expected a domain of its own, for example signal-service.optibid.254carbon.ai."
        ),
    ]


def test_refuses_a_call_into_a_product_that_does_not_run_here() -> None:
    settings = parse(valid(), "Pulumi.prod.yaml")
    backend, frontend = product("optibid").services
    calling = replace(product("optibid"), services=(replace(backend, calls=("web-hub",)), frontend))
    with pytest.raises(SettingsError) as caught:
        join(settings, [product("market-intelligence"), calling])
    assert [str(fault) for fault in caught.value.faults] == [
        (
            "products.optibid: found optibid, whose optibid-backend calls web-hub; "
            "expected market-intelligence under products too."
        )
    ]


def test_faults_name_the_file_and_the_line(tmp_path: Path) -> None:
    text = (ROOT / "Pulumi.dev.yaml").read_text().replace("      marketplace: {image", "      marketplaze: {image")
    path = tmp_path / "Pulumi.dev.yaml"
    path.write_text(text)
    with pytest.raises(SettingsError) as caught:
        join(read(path), PRODUCTS)
    line = text.splitlines().index('      marketplaze: {image: "254carbon/marketplace:v1.0.0"}') + 1
    parent = text.splitlines().index("    releases:") + 1
    assert caught.value.source == str(path)
    assert [(fault.path, fault.line) for fault in caught.value.faults] == [
        (("releases", "marketplace"), parent),
        (("releases", "marketplaze"), line),
    ]
