"""The OptiBid energy platform: a backend with a WebSocket, and a frontend in front of it.

The frontend answers on its front page and names no health path (optibid:261). MLflow and object storage are used "if
using" (optibid:33, optibid:34) and by no check of the list, so neither is opened here.
"""

from catalog.model import Product, Secret, Service, Slo
from catalog.stores import CLICKHOUSE, KAFKA, REDIS, TIMESCALEDB, credentials, names

LATENCY = Slo(
    indicator="latency",
    objective="below",
    threshold=200,
    unit="milliseconds",
    percentile=95,
    sources=("optibid:448",),
)
WEBSOCKET_LATENCY = Slo(
    indicator="websocket-latency",
    objective="below",
    threshold=100,
    unit="milliseconds",
    sources=("optibid:450",),
)
ERRORS = Slo(
    indicator="error-ratio",
    objective="below",
    threshold=0.05,
    unit="ratio",
    # The list names no success threshold for errors, only the ratio at which the release is rolled back.
    sources=("optibid:368",),
)
PAGE_LOAD = Slo(
    indicator="page-load",
    objective="below",
    threshold=3000,
    unit="milliseconds",
    sources=("optibid:449",),
)
REGRESSION = Slo(
    indicator="latency-regression",
    objective="below",
    threshold=1.5,
    unit="times",
    # More than half as slow again as the stable version: the one number by which every product's canary is compared.
    sources=("optibid:369",),
)

BACKEND = Service(
    name="optibid-backend",
    port=8000,
    port_source="optibid:219",
    websocket="/api/ws/ws/market",
    edge=True,
    called_by=("optibid-frontend",),
    stores=names(TIMESCALEDB, REDIS, KAFKA, CLICKHOUSE),
    migrate=("alembic", "upgrade"),
    secrets=(
        credentials("optibid-backend", TIMESCALEDB, REDIS, KAFKA, CLICKHOUSE),
        Secret(name="optibid-backend-jwt", keys=("JWT_SECRET_KEY",)),
    ),
    environment={"LOG_FORMAT": "json"},
    slos=(LATENCY, WEBSOCKET_LATENCY, ERRORS),
)
FRONTEND = Service(
    name="optibid-frontend",
    port=3000,
    port_source="optibid:261",
    health="/",
    edge=True,
    calls=("optibid-backend",),
    environment={"NODE_ENV": "production"},
    slos=(PAGE_LOAD,),
)

OPTIBID = Product(name="optibid", title="OptiBid Energy Platform", services=(BACKEND, FRONTEND))
"""The product."""
