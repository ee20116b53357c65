"""What the internet sees of an environment: its zone, and who may ask for which product how often."""

from typing import Annotated

from pydantic import Field

from settings.amazon import PrefixListId, Requests, UrlPath
from settings.surroundings import Part
from settings.vocabulary import Cidr, DnsLabel, DomainName, Port


class EdgeProduct(Part):
    """One product at the edge."""

    requests: Requests
    """What one address may ask within five minutes."""
    allow: Annotated[tuple[Cidr, ...], Field(min_length=1, examples=["[203.0.113.0/24]"])] | None = None
    """The networks that may reach it; absent, everybody (go-live-readiness:97)."""


class Edge(Part):
    """CloudFront, its firewall, the load balancer and the names that lead there."""

    zone: DomainName
    """The zone that this environment answers for; every product's domain lies in it."""
    origin_prefix_list: PrefixListId
    """The region's list com.amazonaws.global.cloudfront.origin-facing: only CloudFront reaches the load balancer."""
    port: Annotated[Port, Field(examples=[8443])]
    """Where the gateway's pods take TLS connections."""
    health: UrlPath
    """The path by which the gateway says that it can serve."""
    products: dict[DnsLabel, EdgeProduct]
    """The limits of each product that users reach."""
