"""A product's public address: files from a bucket, all else from the origin, security headers on every answer."""

from typing import Annotated, Any

import pulumi
import pulumi_aws as aws
from pydantic import Field

from components.args import Args, Wire
from components.aws.iam import Statement
from settings.vocabulary import AwsRegion, DnsLabel, DomainName

YEAR_SECONDS = 31_536_000
"""What browsers' preload lists ask of HSTS at least."""

CONTENT_SECURITY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "upgrade-insecure-requests",
    )
)
"""Scripts, pages and connections from the product itself, and no frame around it. Next.js writes inline styles."""

# AWS keeps these policies in every account under the same ids (CloudFront developer guide, "Use managed ... policies").
CACHE_STATIC = "658327ea-f89d-4fab-a63d-7e88639e58f6"
"""CachingOptimized."""
CACHE_NOTHING = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
"""CachingDisabled."""
REQUEST_WHOLE = "216adef6-2c7f-47e4-b989-5492eafa07d3"
"""AllViewer: the origin sees the headers, cookies and queries that the viewer sent, its host among them."""

LOG_REGION = "us-east-1"
"""Where CloudFront hands over its logs, whatever the bucket's region."""

READ = ["GET", "HEAD", "OPTIONS"]
WRITE = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]


class StaticFiles(Args):
    """Files that a build wrote into a bucket."""

    bucket: DnsLabel
    """The bucket's name; a separate policy on it has to let the distribution read, see ``reader``."""
    region: AwsRegion
    """Where the bucket is."""
    paths: Annotated[tuple[str, ...], Field(min_length=1)]
    """Patterns of the paths that are files, for example ``/_next/static/*``."""


class DistributionArgs(Args):
    """What is served under which name."""

    product: DnsLabel
    domain: DomainName
    zone_id: Wire[str]
    """The hosted zone that gets the name's records."""
    origin: DomainName
    """The name of the load balancer, which speaks TLS and has a certificate for ``domain`` too."""
    static: StaticFiles | None = None
    certificate: Wire[str]
    """The ARN of a certificate for ``domain`` in us-east-1."""
    web_acl: Wire[str]
    """The ARN of a web ACL of scope CLOUDFRONT."""
    log_bucket_arn: Wire[str]
    """The ARN of a bucket whose policy lets delivery.logs.amazonaws.com write access logs."""
    content_security: str = CONTENT_SECURITY
    """The Content-Security-Policy of every answer."""
    tags: dict[str, str]


class Distribution(pulumi.ComponentResource):
    """Owns the distribution, its headers, its way into the bucket, and the names that lead to it.

    Answers production:9, optibid:71 and go-live-readiness:152 (CDN), optibid:60 and optibid:461 (security headers),
    go-live-readiness:94 (TLS 1.3 to viewers) and go-live-readiness:97 (behind the web ACL).
    """

    arn: pulumi.Output[str]
    """What the bucket's policy names."""
    domain_name: pulumi.Output[str]
    """CloudFront's own name for it."""

    def __init__(self, name: str, args: DistributionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("golive:aws:Distribution", name, None, opts)
        headers = self._headers(name, args)
        control = None if args.static is None else self._origin_access(name, args)
        application: Any = _behavior("origin", headers, WRITE, CACHE_NOTHING, REQUEST_WHOLE)
        files: list[Any] = [
            {"path_pattern": path, **_behavior("static", headers, READ, CACHE_STATIC)}
            for path in (args.static.paths if args.static else ())
        ]
        distribution = aws.cloudfront.Distribution(
            f"{name}-distribution",
            enabled=True,
            comment=f"{args.product} at {args.domain}",
            aliases=[args.domain],
            origins=_origins(args, control),
            default_cache_behavior=application,
            ordered_cache_behaviors=files,
            viewer_certificate={
                "acm_certificate_arn": args.certificate,
                "minimum_protocol_version": "TLSv1.3_2025",
                "ssl_support_method": "sni-only",
            },
            restrictions={"geo_restriction": {"restriction_type": "none"}},
            web_acl_id=args.web_acl,
            http_version="http2and3",
            is_ipv6_enabled=True,
            price_class="PriceClass_100",
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self._records(name, args, distribution)
        self._log(name, args, distribution)
        self.arn = distribution.arn
        self.domain_name = distribution.domain_name
        self.register_outputs({"arn": self.arn, "domain_name": self.domain_name})

    def _headers(self, name: str, args: DistributionArgs) -> aws.cloudfront.ResponseHeadersPolicy:
        return aws.cloudfront.ResponseHeadersPolicy(
            f"{name}-headers",
            name=f"{name}-headers",
            comment=f"What browsers are told about {args.product}",
            security_headers_config={
                "content_security_policy": {"content_security_policy": args.content_security, "override": True},
                "content_type_options": {"override": True},
                "frame_options": {"frame_option": "DENY", "override": True},
                "referrer_policy": {"referrer_policy": "strict-origin-when-cross-origin", "override": True},
                "strict_transport_security": {
                    "access_control_max_age_sec": YEAR_SECONDS,
                    "include_subdomains": True,
                    "override": True,
                },
            },
            remove_headers_config={"items": [{"header": "Server"}, {"header": "X-Powered-By"}]},
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _origin_access(self, name: str, args: DistributionArgs) -> aws.cloudfront.OriginAccessControl:
        return aws.cloudfront.OriginAccessControl(
            f"{name}-origin-access",
            name=f"{name}-origin-access",
            description=f"CloudFront signs what it asks of the files of {args.product}",
            origin_access_control_origin_type="s3",
            signing_behavior="always",
            signing_protocol="sigv4",
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _records(self, name: str, args: DistributionArgs, distribution: aws.cloudfront.Distribution) -> None:
        for type_ in ("A", "AAAA"):
            aws.route53.Record(
                f"{name}-{type_.lower()}",
                zone_id=args.zone_id,
                name=args.domain,
                type=type_,
                aliases=[
                    {
                        "name": distribution.domain_name,
                        "zone_id": distribution.hosted_zone_id,
                        "evaluate_target_health": False,  # CloudFront answers with health checks of its own
                    }
                ],
                opts=pulumi.ResourceOptions(parent=self),
            )

    def _log(self, name: str, args: DistributionArgs, distribution: aws.cloudfront.Distribution) -> None:
        """Deliver access logs by bucket policy; CloudFront's older way needs a bucket with ACLs."""
        source = aws.cloudwatch.LogDeliverySource(
            f"{name}-access-logs",
            name=f"{name}-access-logs",
            log_type="ACCESS_LOGS",
            resource_arn=distribution.arn,
            region=LOG_REGION,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        destination = aws.cloudwatch.LogDeliveryDestination(
            f"{name}-access-log-bucket",
            name=f"{name}-access-log-bucket",
            output_format="json",
            delivery_destination_configuration={"destination_resource_arn": args.log_bucket_arn},
            region=LOG_REGION,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        aws.cloudwatch.LogDelivery(
            f"{name}-access-log-delivery",
            delivery_source_name=source.name,
            delivery_destination_arn=destination.arn,
            region=LOG_REGION,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )


def _origins(args: DistributionArgs, control: aws.cloudfront.OriginAccessControl | None) -> list[Any]:
    application = {
        "origin_id": "origin",
        "domain_name": args.origin,
        "custom_origin_config": {
            "http_port": 80,
            "https_port": 443,
            "origin_protocol_policy": "https-only",
            "origin_ssl_protocols": ["TLSv1.2"],  # the newest word there is: CloudFront takes 1.3 where it is offered
        },
    }
    if args.static is None or control is None:
        return [application]
    files = {
        "origin_id": "static",
        "domain_name": f"{args.static.bucket}.s3.{args.static.region}.amazonaws.com",
        "origin_access_control_id": control.id,
    }
    return [application, files]


def _behavior(
    target: str,
    headers: aws.cloudfront.ResponseHeadersPolicy,
    methods: list[str],
    cache: str,
    request: str | None = None,
) -> dict[str, Any]:
    behavior = {
        "target_origin_id": target,
        "viewer_protocol_policy": "redirect-to-https",
        "allowed_methods": methods,
        "cached_methods": ["GET", "HEAD"],
        "cache_policy_id": cache,
        "response_headers_policy_id": headers.id,
        "compress": True,
    }
    return behavior if request is None else {**behavior, "origin_request_policy_id": request}


def reader(bucket: str, distribution_arn: str) -> Statement:
    """Let one distribution, and no other, read a bucket's objects; for the bucket's policy."""
    return Statement(
        sid="ReadByDistribution",
        actions=("s3:GetObject",),
        resources=(f"arn:aws:s3:::{bucket}/*",),
        principals={"Service": ("cloudfront.amazonaws.com",)},
        conditions={"StringEquals": {"aws:SourceArn": distribution_arn}},
    )
