"""What surrounds the products in one environment: the platform and the data stores."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from settings.errors import ContradictionError, Fault
from settings.vocabulary import AwsRegion, Cidr, DnsLabel, Duration, HostName, HttpAddress, ImageReference, Port


class Part(BaseModel):
    """A part of the stack file: read once, never edited, and never misspelt."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, validate_by_name=False)


class Neighbour(Part):
    """A part of the platform that is known by its namespace."""

    namespace: DnsLabel
    """The namespace it runs in."""


class Prometheus(Part):
    """Who measures what the services promise, and what is said to whoever is woken."""

    address: HttpAddress
    """Where the rollouts controller asks it."""
    scrape: Annotated[Duration, Field(examples=["15s"])]
    """How often it reads the metrics of the pods (new-services:29)."""
    runbooks: HttpAddress
    """Where the runbooks lie (new-services:122)."""


class Monitoring(Neighbour):
    """Where metrics are scraped from."""

    prometheus: Annotated[
        Prometheus | None,
        Field(
            examples=["{address: 'http://prometheus.monitoring:9090', scrape: 15s, runbooks: 'https://runbooks.dev'}"]
        ),
    ] = None
    """Absent where nothing is measured: then canaries are soaked without gates."""


class Egress(Neighbour):
    """The proxy through which connectors reach the markets; its Service bears the name of its namespace."""

    port: Annotated[Port, Field(examples=[3128])]
    """The port that the proxy listens on."""


class AwsSecrets(Part):
    """Secret values come from AWS Secrets Manager."""

    provider: Literal["aws"]
    """The store that External Secrets asks."""
    region: AwsRegion
    """The region whose Secrets Manager holds the values."""


class FakeSecrets(Part):
    """Secret values are made up by External Secrets' fake provider: for a laptop, never for customers."""

    provider: Literal["fake"]
    """The store that External Secrets asks."""


class SmokeTest(Part):
    """What asks a new version whether it answers, before users do (signal-service-v2:95)."""

    image: ImageReference
    """An image with curl, from the environment's own registry unless it names one."""


class Platform(Part):
    """Where the things that products talk to live in this environment."""

    gateway: Annotated[Neighbour, Field(examples=["{namespace: istio-ingress}"])]
    """Who may call the services that face users."""
    monitoring: Annotated[Monitoring, Field(examples=["{namespace: monitoring}"])]
    """Who may scrape metrics (production:31)."""
    egress: Annotated[Egress, Field(examples=["{namespace: egress, port: 3128}"])]
    """The way out to the internet."""
    mesh: Annotated[Neighbour | None, Field(examples=["{namespace: istio-system}"])] = None
    """The mesh that shares requests out between versions; absent where none runs: then pods are shared out."""
    smoke_test: Annotated[SmokeTest | None, Field(examples=["{image: '254carbon/curl:v8.17.0'}"])] = None
    """Absent where canaries are not tested before their first stage; blue and green need it."""
    secrets: Annotated[
        AwsSecrets | FakeSecrets, Field(discriminator="provider", examples=["{provider: aws, region: us-east-1}"])
    ]
    """Where secret values come from (go-live-readiness:15)."""


class Store(Part):
    """One data store: how it is reached, and either the namespace or the networks it lies in."""

    host: HostName
    """The name that the services connect to."""
    namespace: DnsLabel | None = None
    """The namespace of a store inside the cluster."""
    cidrs: Annotated[tuple[Cidr, ...], Field(min_length=1)] | None = None
    """The networks of a managed store outside it."""

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.namespace is None) == (self.cidrs is None):
            found = "neither namespace nor cidrs" if self.namespace is None else "both namespace and cidrs"
            expected = "exactly one of them, for example namespace: market-intelligence-infra or cidrs: [10.20.64.0/20]"
            raise ContradictionError(Fault((), found, expected))
        return self
