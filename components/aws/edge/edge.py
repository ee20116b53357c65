"""The edge of one environment: its zone and certificates, and each product from the viewer to the load balancer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Self

import pulumi
from pydantic import Field, model_validator

from components.args import Args, Wire
from components.aws.edge.certificate import Certificate, CertificateArgs
from components.aws.edge.distribution import CONTENT_SECURITY, Distribution, DistributionArgs, StaticFiles
from components.aws.edge.dns import DnsZone, DnsZoneArgs
from components.aws.edge.failover import Endpoint, Failover, FailoverArgs
from components.aws.edge.load_balancer import LoadBalancer, LoadBalancerArgs
from components.aws.edge.maintenance import MaintenancePage, MaintenancePageArgs
from components.aws.edge.web_acl import EDGE_REGION, AllowList, RateLimit, WebAcl, WebAclArgs
from settings.amazon import AwsAccount
from settings.vocabulary import AwsRegion, Cidr, DnsLabel, DomainName, Port


class EdgeProduct(Args):
    """A product as the internet sees it."""

    name: DnsLabel
    domain: DomainName
    static: StaticFiles | None = None
    allow: tuple[Cidr, ...] = ()
    """The networks that may reach it; none means everybody."""
    requests: Annotated[int, Field(ge=10)] = 2000
    """What one address may ask within five minutes."""
    content_security: str = CONTENT_SECURITY
    maintenance: str | None = None
    """What its users are told instead of its answers; absent while it is open."""


class Site(Args):
    """A region's network, where a load balancer can stand."""

    region: AwsRegion
    vpc_id: Wire[str]
    vpc_cidr: Cidr
    subnets: Annotated[tuple[Wire[str], ...], Field(min_length=2)]
    """Public ones, each in a zone of its own."""
    origin_prefix_list: str
    """The region's list com.amazonaws.global.cloudfront.origin-facing."""
    log_bucket: Wire[str]
    """The name of the region's bucket for the load balancer's access logs."""
    log_key: Wire[str]
    """The ARN of the region's KMS key for log groups."""


class EdgeArgs(Args):
    """What one environment shows of itself."""

    name: DnsLabel
    """The environment's name in AWS, for example ``golive-prod``."""
    account: AwsAccount
    zone: DomainName
    """The zone that the environment answers for; every product's domain is in it."""
    products: Annotated[tuple[EdgeProduct, ...], Field(min_length=1)]
    primary: Site
    standby: Site | None = None
    port: Port
    """Where the gateway's pods take TLS connections."""
    health: str
    """The path by which the gateway says that it can serve."""
    log_key: Wire[str]
    """The ARN of a KMS key for log groups in us-east-1."""
    log_bucket_arn: Wire[str]
    """The ARN of the bucket for CloudFront's access logs."""
    tags: dict[str, str]

    @model_validator(mode="after")
    def _in_the_zone(self) -> Self:
        for product in self.products:
            if product.domain != self.zone and not product.domain.endswith(f".{self.zone}"):
                raise ValueError(f"expected domains in the zone {self.zone}; found {product.domain} of {product.name}")
        if self.standby is not None and self.standby.region == self.primary.region:
            raise ValueError(
                f"expected a standby in another region than the primary; found {self.primary.region} twice"
            )
        return self

    @property
    def sites(self) -> tuple[Site, ...]:
        """The primary and, where there is one, the standby."""
        return (self.primary,) if self.standby is None else (self.primary, self.standby)


class Edge(pulumi.ComponentResource):
    """Owns everything between viewers and the cluster's gateway.

    A viewer reaches CloudFront, which asks the web ACL, takes files from their bucket, and passes all else on to
    ``origin.<zone>``: the primary's load balancer, or the standby's while the primary is ill.
    """

    zone_id: pulumi.Output[str]
    """For further records, such as those that prove an e-mail sender."""
    name_servers: pulumi.Output[Sequence[str]]
    """What the parent zone has to delegate to."""
    target_groups: Mapping[str, pulumi.Output[str]]
    """By region, the ARN of the target group that the gateway's pods join."""
    security_groups: Mapping[str, pulumi.Output[str]]
    """By region, the id of the load balancer's security group, which the pods let in."""
    distributions: Mapping[str, pulumi.Output[str]]
    """By product, the ARN of its distribution, which the policy of its bucket names."""

    def __init__(self, name: str, args: EdgeArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("golive:aws:Edge", name, None, opts)
        owned = pulumi.ResourceOptions(parent=self)
        zone = self._zone(name, args)
        certificate = self._certificate(name, args, zone)
        balancers = {site.region: self._site(name, args, site, certificate) for site in args.sites}
        self._close(name, args, balancers)
        origin = self._failover(name, args, zone, balancers)
        acl = WebAcl(f"{name}-web-acl", _edge_acl(args), owned)
        distributions = {
            product.name: self._product(name, args, product, _Shared(zone, certificate, acl, origin))
            for product in args.products
        }
        self.zone_id = zone.zone_id
        self.name_servers = zone.name_servers
        self.target_groups = {region: each.target_group_arn for region, each in balancers.items()}
        self.security_groups = {region: each.security_group_id for region, each in balancers.items()}
        self.distributions = {product: each.arn for product, each in distributions.items()}
        self.register_outputs(
            {
                "zone_id": self.zone_id,
                "name_servers": self.name_servers,
                "target_groups": dict(self.target_groups),
                "security_groups": dict(self.security_groups),
                "distributions": dict(self.distributions),
            }
        )

    def _zone(self, name: str, args: EdgeArgs) -> DnsZone:
        zone = DnsZoneArgs(account=args.account, domain=args.zone, log_key=args.log_key, tags=args.tags)
        return DnsZone(f"{name}-dns", zone, pulumi.ResourceOptions(parent=self))

    def _certificate(self, name: str, args: EdgeArgs, zone: DnsZone) -> Certificate:
        """One certificate for every region, for the zone and whatever is not directly below it."""
        domains = {args.zone: None} | {each.domain: None for each in args.products if _needs_own(each, args)}
        regions = (EDGE_REGION, *(site.region for site in args.sites))
        return Certificate(
            f"{name}-certificate",
            CertificateArgs(domains=tuple(domains), zone_id=zone.zone_id, regions=regions, tags=args.tags),
            pulumi.ResourceOptions(parent=self),
        )

    def _site(self, name: str, args: EdgeArgs, site: Site, certificate: Certificate) -> LoadBalancer:
        acl = WebAcl(
            f"{name}-{site.region}-web-acl",
            # Only CloudFront comes here, so addresses mean nothing; contents still do.
            WebAclArgs(
                name=f"{args.name}-origin", scope="REGIONAL", region=site.region, log_key=site.log_key, tags=args.tags
            ),
            pulumi.ResourceOptions(parent=self),
        )
        balancer = LoadBalancerArgs(
            name=args.name,
            region=site.region,
            vpc_id=site.vpc_id,
            vpc_cidr=site.vpc_cidr,
            subnets=site.subnets,
            origin_prefix_list=site.origin_prefix_list,
            certificate=certificate.arns[site.region],
            web_acl=acl.arn,
            log_bucket=site.log_bucket,
            port=args.port,
            health=args.health,
            tags=args.tags,
        )
        return LoadBalancer(f"{name}-{site.region}", balancer, pulumi.ResourceOptions(parent=self))

    def _close(self, name: str, args: EdgeArgs, balancers: Mapping[str, LoadBalancer]) -> None:
        """Answer for each product that is closed, in every region; a rule's place is its product's, open or not."""
        for place, product in enumerate(args.products, start=1):
            for region, balancer in balancers.items() if product.maintenance else ():
                closed = MaintenancePageArgs(
                    product=product.name,
                    domain=product.domain,
                    notice=product.maintenance,
                    listener=balancer.listener_arn,
                    priority=place,
                    region=region,
                    tags=args.tags,
                )
                opts = pulumi.ResourceOptions(parent=self)
                MaintenancePage(f"{name}-{region}-{product.name}-maintenance", closed, opts)

    def _failover(self, name: str, args: EdgeArgs, zone: DnsZone, balancers: Mapping[str, LoadBalancer]) -> Failover:
        primary, *standby = (
            Endpoint(
                dns_name=each.dns_name, zone_id=each.zone_id, alarm_name=each.alarm_name, alarm_region=each.alarm_region
            )
            for each in balancers.values()
        )
        failover = FailoverArgs(
            domain=f"origin.{args.zone}",
            zone_id=zone.zone_id,
            primary=primary,
            standby=standby[0] if standby else None,
            tags=args.tags,
        )
        return Failover(f"{name}-origin", failover, pulumi.ResourceOptions(parent=self))

    def _product(self, name: str, args: EdgeArgs, product: EdgeProduct, shared: "_Shared") -> Distribution:
        distribution = DistributionArgs(
            product=product.name,
            domain=product.domain,
            zone_id=shared.zone.zone_id,
            origin=shared.origin.domain,
            static=product.static,
            certificate=shared.certificate.arns[EDGE_REGION],
            web_acl=shared.acl.arn,
            log_bucket_arn=args.log_bucket_arn,
            content_security=product.content_security,
            tags=args.tags,
        )
        return Distribution(f"{name}-{product.name}", distribution, pulumi.ResourceOptions(parent=self))


@dataclass(frozen=True)
class _Shared:
    """What all products of an environment have in common."""

    zone: DnsZone
    certificate: Certificate
    acl: WebAcl
    origin: Failover


def _needs_own(product: EdgeProduct, args: EdgeArgs) -> bool:
    """A wildcard reaches one label down."""
    return "." in product.domain.removesuffix(args.zone).removesuffix(".")


def _edge_acl(args: EdgeArgs) -> WebAclArgs:
    return WebAclArgs(
        name=f"{args.name}-edge",
        scope="CLOUDFRONT",
        region=EDGE_REGION,
        allow_lists=tuple(
            AllowList(product=each.name, hosts=(each.domain,), cidrs=each.allow) for each in args.products if each.allow
        ),
        limits=tuple(
            RateLimit(product=each.name, hosts=(each.domain,), requests=each.requests) for each in args.products
        ),
        log_key=args.log_key,
        tags=args.tags,
    )
