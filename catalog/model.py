"""The words in which a product is described, independent of any environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal, TypeAlias

from pydantic import ConfigDict, Field, FiniteFloat
from pydantic.dataclasses import dataclass as checked

CHOSEN = "chosen"
"""The source of a value that no checklist names: it was chosen once, here, and stays."""

Indicator: TypeAlias = Literal[
    "availability",
    "cache-hit-ratio",
    "completeness",
    "cpu-utilization",
    "error-ratio",
    "freshness",
    "latency",
    "latency-regression",
    "memory-utilization",
    "page-load",
    "stream-latency",
    "websocket-latency",
]
"""What a service level is measured by."""

Origin: TypeAlias = Literal["user", "issued", "generated"]
"""Where a secret's value comes from: the name of a user, another party, or chance."""

Unit: TypeAlias = Literal["ratio", "milliseconds", "times"]
"""A share between 0 and 1, a time, or how many times as much as in the stable version."""


@checked(frozen=True, kw_only=True, config=ConfigDict(strict=True, extra="forbid"))
class Slo:
    """A service level objective: one number that the checklists promise, and where they promise it.

    The gate of a canary, the alert, the threshold of a load test and the target of thirty days are all this number:
    nobody copies it. ``ValueError`` for an indicator, a unit or a number that is none.
    """

    indicator: Indicator
    """What is measured."""
    objective: Literal["above", "below"]
    """On which side of the threshold the good values lie."""
    threshold: Annotated[FiniteFloat, Field(gt=0)]
    """The promised number, in ``unit``."""
    unit: Unit
    """The unit of the threshold."""
    percentile: Annotated[FiniteFloat, Field(gt=0, lt=100)] | None = None
    """The percentile that must keep it, such as 95; absent where the indicator is a ratio or the lists name none."""
    window: str = "30d"
    """The time over which it is kept."""
    sources: tuple[str, ...]
    """The checklist lines that promise it, as ``document:line``; the strictest counts where they differ."""


@dataclass(frozen=True, kw_only=True)
class Store:
    """A kind of data store: what a service must know to reach one, save the address."""

    name: str
    """Its name in the ``stores`` of a stack file."""
    title: str
    """What people call it."""
    port: int
    """The port it listens on."""
    variable: str
    """What the names of its environment variables begin with: ``REDIS`` gives ``REDIS_HOST`` and ``REDIS_PORT``."""
    credentials: tuple[str, ...]
    """The keys of the credentials that it asks for."""
    source: str
    """Where the port is named, as ``document:line``, or ``chosen``."""


@dataclass(frozen=True, kw_only=True)
class Secret:
    """A secret by name. Its values live in the secret store of each environment and nowhere else."""

    name: str
    """Its name, a DNS label, unique in the catalogue."""
    keys: tuple[str, ...]
    """The keys it holds; each becomes a file that the service reads."""
    users: tuple[str, ...] = ()
    """Those that hold the name of the service's own user, which is the service's name."""
    issued: tuple[str, ...] = ()
    """Those that another party hands out; nobody here can make them up."""

    def origin(self, key: str) -> Origin:
        """Say where the value of one key comes from."""
        if key in self.users:
            return "user"
        return "issued" if key in self.issued else "generated"


@dataclass(frozen=True, kw_only=True)
class Service:
    """One service of a product: what it listens on, whom it talks to, what it needs, what it promises."""

    name: str
    """Its name, a DNS label, unique across all products."""
    port: int
    """The one port it listens on, for requests, probes and metrics alike."""
    port_source: str = CHOSEN
    """Where the port is named, as ``document:line`` of the checklist's text, or ``chosen``."""
    health: str = "/health"
    """The path that answers when it is well (new-services:28)."""
    metrics: str = "/metrics"
    """The path that Prometheus scrapes (new-services:29)."""
    websocket: str | None = None
    """The path of its WebSocket; absent where it has none."""
    edge: bool = False
    """Whether users reach it through the gateway."""
    calls: tuple[str, ...] = ()
    """The services it calls. Who calls and who is called must agree."""
    called_by: tuple[str, ...] = ()
    """The services that call it."""
    stores: tuple[str, ...] = ()
    """The data stores it uses."""
    secrets: tuple[Secret, ...] = ()
    """The secrets it reads."""
    migrate: tuple[str, ...] = ()
    """The command of its image that moves its database to a revision, which is added as the last word.

    Run again, or when the database is further, it must change nothing. Empty for a service without migrations."""
    internet: bool = False
    """Whether it may leave through the egress proxy."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Configuration that is the same in every environment."""
    slos: tuple[Slo, ...] = ()
    """What it promises."""


@dataclass(frozen=True, kw_only=True)
class Product:
    """Services that are released, rolled out and answered for together, in a namespace of their own."""

    name: str
    """Its name in the ``products`` of a stack file, a DNS label."""
    title: str
    """What people call it."""
    services: tuple[Service, ...]
    """The services it consists of."""
