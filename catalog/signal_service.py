"""Signal Service V2 and the services it depends on (signal-service-v2:30 to signal-service-v2:32).

The checklist names no ports, so all four were chosen here. The neighbours are called by the signal service alone.
"""

from catalog.model import Product, Service, Slo
from catalog.stores import REDIS, TIMESCALEDB, credentials, names

ERRORS = Slo(
    indicator="error-ratio",
    objective="below",
    threshold=0.001,
    unit="ratio",
    sources=("signal-service-v2:106", "signal-service-v2:295"),
)
LATENCY = Slo(
    indicator="latency",
    objective="below",
    threshold=200,
    unit="milliseconds",
    percentile=99,
    sources=("signal-service-v2:107", "signal-service-v2:296"),
)
WEBSOCKET_LATENCY = Slo(
    indicator="websocket-latency",
    objective="below",
    threshold=50,
    unit="milliseconds",
    sources=("signal-service-v2:297",),
)
CACHE = Slo(
    indicator="cache-hit-ratio",
    objective="above",
    threshold=0.80,
    unit="ratio",
    sources=("signal-service-v2:298",),
)
CPU = Slo(
    indicator="cpu-utilization",
    objective="below",
    threshold=0.70,
    unit="ratio",
    window="15m",
    sources=("signal-service-v2:108",),
)
MEMORY = Slo(
    indicator="memory-utilization",
    objective="below",
    threshold=0.80,
    unit="ratio",
    window="15m",
    sources=("signal-service-v2:109",),
)

SIGNAL_SERVICE_V2 = Service(
    name="signal-service",
    port=8080,
    websocket="/api/v2/subscriptions/websocket",
    edge=True,
    calls=("instrument-service", "ticker-service", "subscription-service"),
    stores=names(TIMESCALEDB, REDIS),
    migrate=("alembic", "upgrade"),
    secrets=(credentials("signal-service", TIMESCALEDB, REDIS),),
    environment={"LOG_FORMAT": "json"},
    slos=(ERRORS, LATENCY, WEBSOCKET_LATENCY, CACHE, CPU, MEMORY),
)
INSTRUMENT_SERVICE = Service(
    name="instrument-service",
    port=8085,
    called_by=("signal-service",),
    stores=names(TIMESCALEDB),
    secrets=(credentials("instrument-service", TIMESCALEDB),),
    environment={"LOG_FORMAT": "json"},
    slos=(ERRORS, LATENCY),
)
TICKER_SERVICE = Service(
    name="ticker-service",
    port=8086,
    called_by=("signal-service",),
    stores=names(REDIS),
    secrets=(credentials("ticker-service", REDIS),),
    environment={"LOG_FORMAT": "json"},
    slos=(ERRORS, LATENCY),
)
SUBSCRIPTION_SERVICE = Service(
    name="subscription-service",
    port=8087,
    called_by=("signal-service",),
    stores=names(TIMESCALEDB, REDIS),
    secrets=(credentials("subscription-service", TIMESCALEDB, REDIS),),
    environment={"LOG_FORMAT": "json"},
    slos=(ERRORS, LATENCY),
)

SIGNAL_SERVICE = Product(
    name="signal-service",
    title="Signal Service V2",
    services=(SIGNAL_SERVICE_V2, INSTRUMENT_SERVICE, TICKER_SERVICE, SUBSCRIPTION_SERVICE),
)
"""The product."""
