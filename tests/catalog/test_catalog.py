"""The catalogue holds what the checklists name, and agrees with itself."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from catalog import PRODUCTS, STORES, product, service, store
from catalog.check import contradictions
from catalog.model import CHOSEN, Product, Secret, Service, Slo, Store
from checklists import lines

NAMED_PORTS = {
    "marketplace": 8015,
    "signals-service": 8016,
    "fundamental-models": 8031,
    "lmp-decomposition-service": 8009,
    "optibid-backend": 8000,
    "optibid-frontend": 3000,
}
CONNECTORS = ("ieso", "nem", "brazil-ons", "ercot", "epex", "nord-pool", "tge", "miso", "caiso")


def test_the_catalogue_agrees_with_itself() -> None:
    assert contradictions(PRODUCTS, STORES) == ()


def test_it_has_every_product_and_service_of_the_checklists() -> None:
    assert {each.name: [one.name for one in each.services] for each in PRODUCTS} == {
        "market-intelligence": [
            "marketplace",
            "signals-service",
            "fundamental-models",
            "lmp-decomposition-service",
            "api-gateway",
            "web-hub",
            "streaming-service",
            "scenario-service",
            "download-service",
            *(f"{market}-connector" for market in CONNECTORS),
        ],
        "signal-service": ["signal-service", "instrument-service", "ticker-service", "subscription-service"],
        "optibid": ["optibid-backend", "optibid-frontend"],
    }


def test_ports_that_the_checklists_name_are_theirs_and_the_others_are_marked_as_chosen() -> None:
    services = [one for each in PRODUCTS for one in each.services]
    assert {one.name: one.port for one in services if one.port_source != CHOSEN} == NAMED_PORTS


def test_stores_listen_where_the_checklists_say() -> None:
    assert {each.name: each.port for each in STORES} == {
        "postgresql": 5432,
        "timescaledb": 5432,
        "clickhouse": 8123,
        "redis": 6379,
        "kafka": 9092,
        "object-storage": 443,
    }


def test_only_connectors_may_leave_to_the_internet() -> None:
    leaving = [one.name for each in PRODUCTS for one in each.services if one.internet]
    assert leaving == [f"{market}-connector" for market in CONNECTORS]


def test_users_reach_these_and_no_other_services() -> None:
    edge = [one.name for each in PRODUCTS for one in each.services if one.edge]
    assert edge == [
        "api-gateway",
        "web-hub",
        "streaming-service",
        "signal-service",
        "optibid-backend",
        "optibid-frontend",
    ]


def test_websockets_are_where_the_checklists_say() -> None:
    assert service("signal-service").websocket == "/api/v2/subscriptions/websocket"
    assert service("optibid-backend").websocket == "/api/ws/ws/market"


def test_the_service_levels_of_each_product() -> None:
    promised = {
        each.name: sorted(
            {(slo.indicator, slo.percentile, slo.threshold) for one in each.services for slo in one.slos}, key=str
        )
        for each in PRODUCTS
    }
    assert promised == {
        "market-intelligence": [
            ("availability", None, 0.999),
            ("cache-hit-ratio", None, 0.70),
            ("completeness", None, 0.995),
            ("error-ratio", None, 0.01),
            ("freshness", None, 300_000),
            ("latency", 95, 250),
            ("stream-latency", 95, 2000),
        ],
        "signal-service": [
            ("cache-hit-ratio", None, 0.80),
            ("cpu-utilization", None, 0.70),
            ("error-ratio", None, 0.001),
            ("latency", 99, 200),
            ("memory-utilization", None, 0.80),
            ("websocket-latency", None, 50),
        ],
        "optibid": [
            ("error-ratio", None, 0.05),
            ("latency", 95, 200),
            ("page-load", None, 3000),
            ("websocket-latency", None, 100),
        ],
    }


def test_promises_are_lines_of_the_checklists() -> None:
    sources = {source for each in PRODUCTS for one in each.services for slo in one.slos for source in slo.sources}
    assert sources - set(lines()) == set()


def test_lookups() -> None:
    assert product("optibid").services[0] is service("optibid-backend")
    assert store("redis").port == 6379
    for lookup in (product, service, store):
        with pytest.raises(KeyError, match="nobody"):
            lookup("nobody")


STORE = Store(name="redis", title="Redis", port=6379, variable="REDIS", credentials=("PASSWORD",), source=CHOSEN)
SLO = Slo(indicator="latency", objective="below", threshold=1, unit="milliseconds", sources=("optibid:448",))
FRONT = Service(name="front", port=8080, calls=("back",))
BACK = Service(name="back", port=8081, called_by=("front",), stores=("redis",), slos=(SLO,))


def said(*services: Service, stores: tuple[Store, ...] = (STORE,)) -> tuple[str, ...]:
    """Say what is wrong with a product of these services."""
    return contradictions([Product(name="shop", title="Shop", services=services)], stores)


def test_a_small_catalogue_that_agrees_with_itself() -> None:
    assert said(FRONT, BACK) == ()


REFUSED: Mapping[str, tuple[tuple[Service, ...], tuple[str, ...]]] = {
    "a call to nobody": (
        (FRONT,),
        ("service 'front' calls 'back', which no product has",),
    ),
    "a caller that is nobody": (
        (BACK,),
        ("service 'back' is called by 'front', which no product has",),
    ),
    "a callee that doesn't agree": (
        (FRONT, replace(BACK, called_by=())),
        ("service 'front' calls 'back', which doesn't list it in called_by",),
    ),
    "a caller that doesn't agree": (
        (replace(FRONT, calls=()), BACK),
        ("service 'back' is called by 'front', which doesn't list it in calls",),
    ),
    "a service that calls itself": (
        (replace(FRONT, calls=("front",), called_by=("front",)),),
        ("service 'front' calls itself", "service 'front' is called by itself"),
    ),
    "the same call twice": (
        (replace(FRONT, calls=("back", "back")), BACK),
        ("service 'front' calls 'back' 2 times",),
    ),
    "two services of one name": (
        (replace(FRONT, calls=()), replace(FRONT, calls=())),
        ("service 'front' is there 2 times",),
    ),
    "a name that Kubernetes refuses": (
        (Service(name="Front_End", port=8080),),
        ("service 'Front_End' is not named by a DNS label",),
    ),
    "a port that needs privileges": (
        (Service(name="front", port=80),),
        ("service 'front' listens on 80; a service without privileges needs 1024 to 65535",),
    ),
    "a path without a slash": (
        (Service(name="front", port=8080, health="health"),),
        ("service 'front' has the path 'health', which doesn't begin with a slash or has odd characters",),
    ),
    "a store that is none": (
        (Service(name="front", port=8080, stores=("floppy",)),),
        ("service 'front' uses 'floppy', which is no store",),
    ),
    "a secret twice": (
        (
            Service(name="front", port=8080, secrets=(Secret(name="key", keys=("A",)),)),
            Service(name="back", port=8080, secrets=(Secret(name="key", keys=("A",)),)),
        ),
        ("secret 'key' is there 2 times",),
    ),
    "a variable twice": (
        (Service(name="front", port=8080, secrets=(Secret(name="key", keys=("A",)),), environment={"A": "1"}),),
        ("service 'front' gets 'A' 2 times",),
    ),
    "a variable with an odd name": (
        (Service(name="front", port=8080, environment={"a-b": "1"}),),
        ("service 'front' has 'a-b', which is no name of an environment variable",),
    ),
    "a port with an invented source": (
        (Service(name="front", port=8080, port_source="hearsay"),),
        ("service 'front' has the source 'hearsay', which is no line of a checklist",),
    ),
    "a ratio above one": (
        (Service(name="front", port=8080, slos=(replace(SLO, unit="ratio", threshold=99.9),)),),
        ("the latency of service 'front' has the threshold 99.9, which no ratio can be held to",),
    ),
    "a promise without a source": (
        (Service(name="front", port=8080, slos=(replace(SLO, sources=()),)),),
        ("the latency of service 'front' has no source",),
    ),
    "a promise that was chosen": (
        (Service(name="front", port=8080, slos=(replace(SLO, sources=(CHOSEN,)),)),),
        ("the latency of service 'front' has the source 'chosen', which is no line of a checklist",),
    ),
    "no services": ((), ("product 'shop' has no services",)),
}


@pytest.mark.parametrize(("services", "says"), [pytest.param(*case, id=name) for name, case in REFUSED.items()])
def test_refuses(services: tuple[Service, ...], says: tuple[str, ...]) -> None:
    assert said(*services) == says
