"""One set of names with a certificate in each region that serves them, proven by DNS."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import pulumi
import pulumi_aws as aws
from pydantic import Field

from components.args import Args, Wire
from settings.vocabulary import AwsRegion, DomainName

MINUTE = 60


class CertificateArgs(Args):
    """Which names the certificates are for, and where they are used."""

    domains: Annotated[tuple[DomainName, ...], Field(min_length=1, max_length=10)]
    """Each with the names directly below it. ACM allows ten names unless asked for more, and wildcards count as one."""
    zone_id: Wire[str]
    """The hosted zone of all the names."""
    regions: Annotated[tuple[AwsRegion, ...], Field(min_length=1)]
    """CloudFront reads its certificate in us-east-1, a load balancer reads it in its own region."""
    tags: dict[str, str]


class Certificate(pulumi.ComponentResource):
    """Owns the certificates and the records that prove them; ACM renews them for as long as the records stand.

    Answers go-live-readiness:161, production:7 and optibid:53 (TLS certificates). Certificates for the same names in
    one account are proven by the same record, so the records are made once, whatever the number of regions.
    """

    arns: Mapping[str, pulumi.Output[str]]
    """By region, the ARN of a certificate that has been issued; whoever reads it waits until it is."""

    def __init__(self, name: str, args: CertificateArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("golive:aws:Certificate", name, None, opts)
        certificates = {region: self._certificate(name, args, region) for region in dict.fromkeys(args.regions)}
        proven = next(iter(certificates.values()))
        records = [self._proof(name, args, domain, proven) for domain in args.domains]
        self.arns = {
            region: aws.acm.CertificateValidation(
                f"{name}-{region}-issued",
                certificate_arn=certificate.arn,
                validation_record_fqdns=[record.fqdn for record in records],
                region=region,
                opts=pulumi.ResourceOptions(parent=self),
            ).certificate_arn
            for region, certificate in certificates.items()
        }
        self.register_outputs({"arns": dict(self.arns)})

    def _certificate(self, name: str, args: CertificateArgs, region: str) -> aws.acm.Certificate:
        first, *more = args.domains
        return aws.acm.Certificate(
            f"{name}-{region}",
            domain_name=first,
            subject_alternative_names=[*more, *(f"*.{domain}" for domain in args.domains)],
            validation_method="DNS",
            key_algorithm="EC_prime256v1",
            # A name has to be public to be served; the log makes a certificate that somebody else got visible.
            options={"certificate_transparency_logging_preference": "ENABLED"},
            region=region,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _proof(
        self, name: str, args: CertificateArgs, domain: str, certificate: aws.acm.Certificate
    ) -> aws.route53.Record:
        """Make the record that proves a domain, and its wildcard with it."""
        wanted = certificate.domain_validation_options.apply(lambda options: proof(options, domain))
        return aws.route53.Record(
            f"{name}-{domain}-proof",
            zone_id=args.zone_id,
            name=wanted.apply(lambda option: option.resource_record_name or ""),
            type="CNAME",
            records=[wanted.apply(lambda option: option.resource_record_value or "")],
            ttl=MINUTE,
            opts=pulumi.ResourceOptions(parent=self),
        )


def proof(
    options: Sequence[aws.acm.outputs.CertificateDomainValidationOption], domain: str
) -> aws.acm.outputs.CertificateDomainValidationOption:
    """Find what ACM wants to see for a domain. Raises ``ValueError`` if ACM did not say."""
    for option in options:
        if option.domain_name == domain:
            return option
    raise ValueError(f"ACM names no record that proves {domain}; the certificate may have been made for other names")
