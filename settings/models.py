"""The stack file, key by key: what one environment may say about itself.

Keys are written in camelCase in the file and in snake_case here. Nothing has a default that would differ between
environments, so a stack file shows all that it decides.
"""

from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import Field, PrivateAttr, ValidationInfo, field_validator, model_validator

from settings.addresses import inside
from settings.capacity import Capacity
from settings.cluster import Cluster
from settings.errors import NOTHING, ContradictionError, Fault, Origin
from settings.foundation import Aws
from settings.holds import Environment, Hold, Promotion
from settings.migrations import Migration, Readiness
from settings.surroundings import Part, Platform, Store
from settings.vocabulary import (
    DnsLabel,
    DomainName,
    Duration,
    ImageReference,
    Notice,
    Percent,
)

REAL = ("staging", "prod")
"""The environments that have an AWS account and a cluster of their own."""

EVERYTHING = 100
"""The weight of a canary's last stage, in percent: the new version takes all traffic."""


class Stage(Part):
    """One stage of a canary: a share of traffic, and how long to watch it."""

    weight: Percent
    """The new version's share of traffic, in percent."""
    soak: Duration | None = None
    """How long to watch before the next stage; the last stage has none."""


class Canary(Part):
    """How a new version takes over, stage by stage (production:116 to production:121)."""

    stages: Annotated[tuple[Stage, ...], Field(min_length=1, examples=["[{weight: 10, soak: 30m}, {weight: 100}]"])]
    """The stages in order; weights rise and end at 100."""
    warm: Annotated[Duration | None, Field(examples=["1h"])] = None
    """How long the old version stays up after the last stage; only where a mesh runs."""
    waits: bool | None = None
    """``false``: ``up`` returns at once and leaves the rollout to ``golive watch``. Absent: it waits for the end."""

    @field_validator("stages")
    @classmethod
    def _rising(cls, stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
        faults: list[Fault] = []
        for position, stage in enumerate(stages):
            last = position == len(stages) - 1
            before = stages[position - 1].weight if position else 0
            if stage.weight <= before:
                faults.append(
                    Fault(
                        (position, "weight"),
                        f"{stage.weight} after {before}",
                        "weights that rise, for example 10, 50, 100",
                    )
                )
            if last and stage.weight != EVERYTHING:
                faults.append(
                    Fault((position, "weight"), f"{stage.weight} in the last stage", "100: all traffic in the end")
                )
            if last and stage.soak is not None:
                faults.append(
                    Fault((position, "soak"), f"'{stage.soak}' in the last stage", "no soak: nothing follows it")
                )
            if not last and stage.soak is None:
                faults.append(Fault((position, "soak"), NOTHING, "how long to watch this stage, for example soak: 30m"))
        if faults:
            raise ContradictionError(*faults)
        return stages


class BlueGreen(Part):
    """How a new version takes over at once, whole and tested (signal-service-v2:85)."""

    soak: Duration
    """How long the new version is measured with all traffic before it is called stable."""
    warm: Duration
    """How long the old version stays up after that."""
    waits: bool | None = None
    """As in a canary."""


class Product(Part):
    """One product that runs in this environment."""

    namespace: DnsLabel
    """The namespace that its services share with no other product."""
    domain: DomainName
    """The domain under which users reach it."""
    canary: Canary | None = None
    """How its new versions take over; absent means pod by pod."""
    blue_green: Annotated[BlueGreen | None, Field(examples=["{soak: 10m, warm: 1h}"])] = None
    """The other way; a product has one of the two at most."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.canary is not None and self.blue_green is not None:
            raise ContradictionError(Fault(("blueGreen",), "a canary as well", "one of canary and blueGreen"))
        return self


class Release(Part):
    """What runs: the part of the file that promotion copies from one environment to the next."""

    image: ImageReference
    """The container image (production:41); without a registry's host it comes from the environment's own registry, so
    that the same line serves every environment."""
    migration: Annotated[Migration, Field(examples=["{revision: a1b2c3, kind: expand, reversible: true}"])] | None = (
        None
    )
    """What has to be done to its database before it runs (signal-service-v2:46); it is promoted with the image."""


DEFAULT = "default"
"""The entry of ``capacity`` that serves whoever has no own entry."""


class Settings(Part):
    """One environment: the object ``golive:settings`` of one stack file."""

    environment: Environment
    """Which of the three this is."""
    owner: DnsLabel
    """The team that answers for it; every object bears it as a label."""
    aws: Annotated[Aws | None, Field(validate_default=True)] = None
    """The AWS account and what lies in it; dev has none."""
    cluster: Annotated[Cluster | None, Field(validate_default=True)] = None
    """The cluster to make; in dev the ambient kubeconfig says where to go."""
    platform: Platform
    """The neighbourhood."""
    stores: dict[DnsLabel, Store]
    """Every data store that the chosen products need, by its name in the catalogue."""
    products: Annotated[
        dict[DnsLabel, Product], Field(min_length=1, examples=["{optibid: {namespace: optibid, domain: optibid.io}}"])
    ]
    """The products that run here, by their names in the catalogue."""
    capacity: dict[DnsLabel, Capacity]
    """What each service may use; a service's own entry replaces ``default`` whole."""
    releases: Annotated[
        dict[DnsLabel, Release], Field(examples=["{marketplace: {image: '254carbon/marketplace:v1.0.0'}}"])
    ]
    """What runs: one entry for each service of the chosen products."""
    migrations: dict[DnsLabel, Readiness] | None = None
    """What was done before each service's migration may run here."""
    maintenance: Annotated[dict[DnsLabel, Notice] | None, Field(examples=["{optibid: 'Back at 14:00 UTC.'}"])] = None
    """The products that are closed to users, each with what its maintenance page says; no rollback opens one again."""
    promotion: Annotated[Promotion | None, Field(examples=["{source: staging, soak: 24h}"])] = None
    """What may be promoted to this environment; absent where nothing may."""
    holds: dict[DnsLabel, Hold] = Field(default_factory=dict)
    """What must not be deployed, by the holds' names."""

    _origin: Origin = PrivateAttr(default_factory=Origin)

    @property
    def origin(self) -> Origin:
        """Where these settings came from, for whoever must refuse them later."""
        return self._origin

    def came_from(self, origin: Origin) -> Self:
        """Remember where these settings came from, and return them."""
        self._origin = origin
        return self

    @field_validator("aws")
    @classmethod
    def _where_it_lies(cls, aws: Aws | None, info: ValidationInfo) -> Aws | None:
        environment = info.data.get("environment")
        if environment in REAL and aws is None:
            example = f"aws: {{name: golive-{environment}, account: '111122223333', region: us-east-1, ...}}"
            raise ContradictionError(Fault((), NOTHING, f"the AWS account of {environment}, for example {example}"))
        if environment == "dev" and aws is not None:
            raise ContradictionError(Fault((), f"the account '{aws.account}'", "no AWS in dev"))
        if environment == "prod" and aws is not None and aws.network.nat != "each-zone":
            expected = "nat: each-zone in prod, so that the loss of one zone costs the others nothing"
            raise ContradictionError(Fault(("network", "nat"), f'"{aws.network.nat}"', expected))
        return aws

    @field_validator("cluster")
    @classmethod
    def _where_it_runs(cls, cluster: Cluster | None, info: ValidationInfo) -> Cluster | None:
        environment = info.data.get("environment")
        if environment in REAL and cluster is None:
            expected = f"the cluster of {environment}, for example cluster: {{version: '1.34', nodes: {{...}}, ...}}"
            raise ContradictionError(Fault((), NOTHING, expected))
        if environment == "dev" and cluster is not None:
            raise ContradictionError(Fault((), "a cluster", "no cluster in dev: it uses the ambient kubeconfig"))
        if environment == "prod" and cluster is not None and cluster.public_access is not None:
            expected = "no public endpoint in prod: deploy from within the network"
            raise ContradictionError(Fault(("publicAccess",), ", ".join(cluster.public_access), expected))
        return cluster

    @field_validator("stores")
    @classmethod
    def _within_reach(cls, stores: dict[str, Store], info: ValidationInfo) -> dict[str, Store]:
        aws: Aws | None = info.data.get("aws")
        faults = list(_astray(stores, aws)) if aws else []
        if faults:
            raise ContradictionError(*faults)
        return stores

    @field_validator("platform")
    @classmethod
    def _real_secrets(cls, platform: Platform, info: ValidationInfo) -> Platform:
        environment = info.data.get("environment")
        if environment == "prod" and platform.secrets.provider == "fake":
            expected = "a real store in prod, for example secrets: {provider: aws, region: us-east-1}"
            raise ContradictionError(Fault(("secrets", "provider"), '"fake"', expected))
        return platform

    @field_validator("promotion")
    @classmethod
    def _from_elsewhere(cls, promotion: Promotion | None, info: ValidationInfo) -> Promotion | None:
        if promotion is not None and promotion.source == info.data.get("environment"):
            expected = "another environment, for example source: staging"
            raise ContradictionError(Fault(("source",), f'"{promotion.source}", which is this environment', expected))
        return promotion

    @field_validator("capacity")
    @classmethod
    def _has_default(cls, capacity: dict[str, Capacity]) -> dict[str, Capacity]:
        if DEFAULT not in capacity:
            expected = (
                "the capacity of whoever has no own entry, for example default: {replicas: {min: 2, max: 6}, ...}"
            )
            raise ContradictionError(Fault((DEFAULT,), NOTHING, expected))
        return capacity


def _astray(stores: dict[str, Store], aws: Aws) -> Iterator[Fault]:
    """Find stores in a part of our network where no store can be: their network policies would open nothing."""
    data = aws.network.within("data")
    for name, store in stores.items():
        for position, cidr in enumerate(store.cidrs or ()):
            if inside(cidr, aws.network.cidr) and not any(inside(cidr, subnet) for subnet in data):
                found = f"'{cidr}', where no data subnet lies"
                yield Fault((name, "cidrs", position), found, f"a part of {', '.join(data)}")
