"""The 254Carbon market intelligence platform.

The checklists name the services (new-services:9 to new-services:13, production:94, production:102 to production:106,
go-live-readiness:20 to go-live-readiness:22) and four ports. The other ports, the calls and the stores were chosen
here, the fewest that the checks of the lists can pass with. Login goes through Keycloak at the gateway (production:93),
so no service of the product talks to it. That CAISO users get no API (production:101) the API gateway decides itself.
"""

from catalog.model import Product, Secret, Service, Slo
from catalog.stores import CLICKHOUSE, KAFKA, OBJECT_STORAGE, POSTGRESQL, REDIS, credentials, names

_OIDC = ("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")
_MARKET = ("MARKET_API_KEY",)
_JSON_LOGS = {"LOG_FORMAT": "json"}

AVAILABILITY = Slo(
    indicator="availability",
    objective="above",
    threshold=0.999,
    unit="ratio",
    sources=("new-services:269", "production:127", "go-live-readiness:146", "go-live-readiness:224"),
)
LATENCY = Slo(
    indicator="latency",
    objective="below",
    threshold=250,
    unit="milliseconds",
    percentile=95,
    sources=("new-services:270", "production:109", "go-live-readiness:143", "go-live-readiness:225"),
)
ERRORS = Slo(
    indicator="error-ratio",
    objective="below",
    threshold=0.01,
    unit="ratio",
    sources=("new-services:271", "go-live-readiness:147", "go-live-readiness:226"),
)
CACHE = Slo(
    indicator="cache-hit-ratio",
    objective="above",
    threshold=0.70,
    unit="ratio",
    sources=("new-services:201", "new-services:272"),
)
STREAM_LATENCY = Slo(
    indicator="stream-latency",
    objective="below",
    threshold=2000,
    unit="milliseconds",
    percentile=95,
    # production:110 would be content with 5 s; go-live-readiness:144 was promised to the pilot customers.
    sources=("go-live-readiness:144", "production:110"),
)
COMPLETENESS = Slo(
    indicator="completeness",
    objective="above",
    threshold=0.995,
    unit="ratio",
    sources=("production:176", "go-live-readiness:227"),
)
FRESHNESS = Slo(
    indicator="freshness",
    objective="below",
    threshold=300_000,
    unit="milliseconds",
    sources=("go-live-readiness:145",),
)

_API = (AVAILABILITY, LATENCY, ERRORS)

MARKETPLACE = Service(
    name="marketplace",
    port=8015,
    port_source="new-services:179",
    called_by=("api-gateway",),
    stores=names(POSTGRESQL, REDIS),
    secrets=(credentials("marketplace", POSTGRESQL, REDIS),),
    environment=_JSON_LOGS,
    slos=(*_API, CACHE),
)
SIGNALS_SERVICE = Service(
    name="signals-service",
    port=8016,
    port_source="new-services:180",
    called_by=("api-gateway",),
    stores=names(CLICKHOUSE, REDIS),
    secrets=(credentials("signals-service", CLICKHOUSE, REDIS),),
    environment=_JSON_LOGS,
    slos=(*_API, CACHE),
)
FUNDAMENTAL_MODELS = Service(
    name="fundamental-models",
    port=8031,
    port_source="new-services:181",
    called_by=("api-gateway", "scenario-service"),
    stores=names(CLICKHOUSE, OBJECT_STORAGE),
    secrets=(credentials("fundamental-models", CLICKHOUSE, OBJECT_STORAGE),),
    environment=_JSON_LOGS,
    slos=_API,
)
LMP_DECOMPOSITION_SERVICE = Service(
    name="lmp-decomposition-service",
    port=8009,
    port_source="new-services:182",
    called_by=("api-gateway",),
    stores=names(CLICKHOUSE),
    secrets=(credentials("lmp-decomposition-service", CLICKHOUSE),),
    environment=_JSON_LOGS,
    slos=_API,
)
API_GATEWAY = Service(
    name="api-gateway",
    port=8080,
    edge=True,
    calls=(
        "marketplace",
        "signals-service",
        "fundamental-models",
        "lmp-decomposition-service",
        "scenario-service",
        "download-service",
    ),
    called_by=("web-hub",),
    stores=names(POSTGRESQL, REDIS),
    secrets=(
        credentials("api-gateway", POSTGRESQL, REDIS),
        Secret(name="api-gateway-oidc", keys=_OIDC, issued=_OIDC),
    ),
    environment=_JSON_LOGS,
    slos=(*_API, CACHE),
)
WEB_HUB = Service(
    name="web-hub", port=8081, edge=True, calls=("api-gateway",), environment=_JSON_LOGS, slos=(AVAILABILITY, ERRORS)
)
STREAMING_SERVICE = Service(
    name="streaming-service",
    port=8082,
    websocket="/stream",
    edge=True,
    stores=names(KAFKA),
    secrets=(credentials("streaming-service", KAFKA),),
    environment=_JSON_LOGS,
    slos=(AVAILABILITY, STREAM_LATENCY, ERRORS),
)
SCENARIO_SERVICE = Service(
    name="scenario-service",
    port=8083,
    calls=("fundamental-models",),
    called_by=("api-gateway",),
    stores=names(POSTGRESQL, CLICKHOUSE),
    secrets=(credentials("scenario-service", POSTGRESQL, CLICKHOUSE),),
    environment=_JSON_LOGS,
    slos=_API,
)
DOWNLOAD_SERVICE = Service(
    name="download-service",
    port=8084,
    called_by=("api-gateway",),
    stores=names(CLICKHOUSE, OBJECT_STORAGE),
    secrets=(credentials("download-service", CLICKHOUSE, OBJECT_STORAGE),),
    environment=_JSON_LOGS,
    slos=_API,
)


def connector(market: str, port: int) -> Service:
    """Describe the connector of one market: it fetches prices through the egress proxy and hands them on.

    It serves nobody; its port, chosen, is for probes and metrics. What it stores is checked in ClickHouse
    (new-services:249) and streamed through Kafka (production:96).
    """
    name = f"{market}-connector"
    return Service(
        name=name,
        port=port,
        stores=names(KAFKA, CLICKHOUSE),
        secrets=(credentials(name, KAFKA, CLICKHOUSE), Secret(name=f"{name}-market", keys=_MARKET, issued=_MARKET)),
        internet=True,
        environment={**_JSON_LOGS, "MARKET": market},
        slos=(COMPLETENESS, FRESHNESS),
    )


CONNECTORS = (
    connector("ieso", 8101),
    connector("nem", 8102),
    connector("brazil-ons", 8103),
    connector("ercot", 8104),
    connector("epex", 8105),
    connector("nord-pool", 8106),
    connector("tge", 8107),
    connector("miso", 8108),
    connector("caiso", 8109),
)
"""The markets that the lists name (new-services:13, go-live-readiness:22, production:26, production:27)."""

MARKET_INTELLIGENCE = Product(
    name="market-intelligence",
    title="254Carbon Market Intelligence",
    services=(
        MARKETPLACE,
        SIGNALS_SERVICE,
        FUNDAMENTAL_MODELS,
        LMP_DECOMPOSITION_SERVICE,
        API_GATEWAY,
        WEB_HUB,
        STREAMING_SERVICE,
        SCENARIO_SERVICE,
        DOWNLOAD_SERVICE,
        *CONNECTORS,
    ),
)
"""The product."""
