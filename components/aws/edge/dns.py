"""A hosted zone of which every question is written down, and for which only Amazon issues certificates."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.args import Args, Wire
from components.aws.iam import Statement, policy
from settings.amazon import AwsAccount
from settings.vocabulary import DomainName

QUERY_LOG_REGION = "us-east-1"
"""Route 53 writes its query logs there and nowhere else."""

LOG_DAYS = 365
"""How long questions are kept."""

ISSUERS = ("amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com")
"""The names by which a CAA record can mean Amazon's certificate authority (the ACM user guide lists them)."""

HOUR = 3600


class DnsZoneArgs(Args):
    """Which names the environment answers for."""

    account: AwsAccount
    domain: DomainName
    """The zone's apex. Its parent has to delegate to the zone's name servers."""
    log_key: Wire[str]
    """The ARN of a KMS key in us-east-1 that CloudWatch Logs may use."""
    tags: dict[str, str]


class DnsZone(pulumi.ComponentResource):
    """Owns the public zone, its CAA record and the log of its queries.

    Answers go-live-readiness:160, production:8 and optibid:72 (DNS records). Log groups and their policy stand in
    us-east-1, whatever the provider's region.
    """

    zone_id: pulumi.Output[str]
    """What records name."""
    name_servers: pulumi.Output[Sequence[str]]
    """What the parent zone has to delegate to."""

    def __init__(self, name: str, args: DnsZoneArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("golive:aws:DnsZone", name, None, opts)
        zone = aws.route53.Zone(
            f"{name}-zone",
            name=args.domain,
            comment=f"Public names of {args.domain}",
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        aws.route53.Record(
            f"{name}-caa",
            zone_id=zone.zone_id,
            name=args.domain,
            type="CAA",
            ttl=HOUR,
            records=[f'0 issue "{issuer}"' for issuer in ISSUERS],
            opts=pulumi.ResourceOptions(parent=self),
        )
        self._query_log(name, args, zone)
        self.zone_id = zone.zone_id
        self.name_servers = zone.name_servers
        self.register_outputs({"zone_id": self.zone_id, "name_servers": self.name_servers})

    def _query_log(self, name: str, args: DnsZoneArgs, zone: aws.route53.Zone) -> None:
        """Write each question down, once Route 53 may."""
        log_group = f"/aws/route53/{args.domain}"
        logs = aws.cloudwatch.LogGroup(
            f"{name}-queries",
            name=log_group,
            retention_in_days=LOG_DAYS,
            kms_key_id=args.log_key,
            region=QUERY_LOG_REGION,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        permission = aws.cloudwatch.LogResourcePolicy(
            f"{name}-queries-writer",
            policy_name=f"route53-{args.domain.replace('.', '-')}",
            policy_document=query_log_policy(args.account, log_group),
            region=QUERY_LOG_REGION,
            opts=pulumi.ResourceOptions(parent=self),
        )
        aws.route53.QueryLog(
            f"{name}-query-log",
            zone_id=zone.zone_id,
            cloudwatch_log_group_arn=logs.arn,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[permission]),
        )


def query_log_policy(account: str, log_group: str) -> str:
    """Let Route 53, and only this account's zones, write into one log group."""
    return policy(
        Statement(
            sid="Queries",
            actions=("logs:CreateLogStream", "logs:PutLogEvents"),
            resources=(f"arn:aws:logs:{QUERY_LOG_REGION}:{account}:log-group:{log_group}:*",),
            principals={"Service": ("route53.amazonaws.com",)},
            conditions={"StringEquals": {"aws:SourceAccount": account}},
        )
    )
