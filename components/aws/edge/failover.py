"""One name for the origin, which moves to the standby region while the primary is ill."""

import pulumi
import pulumi_aws as aws

from components.args import Args, Wire
from settings.vocabulary import AwsRegion, DomainName


class Endpoint(Args):
    """A region's load balancer."""

    dns_name: Wire[str]
    zone_id: Wire[str]
    """The hosted zone of that name, which is AWS's."""
    alarm_name: Wire[str]
    """A CloudWatch alarm that rings while it can't serve."""
    alarm_region: AwsRegion


class FailoverArgs(Args):
    """Which name, and who answers to it."""

    domain: DomainName
    zone_id: Wire[str]
    """The hosted zone of ``domain``."""
    primary: Endpoint
    standby: Endpoint | None = None
    """Without it the name has one record, which is still watched."""
    tags: dict[str, str]


class Failover(pulumi.ComponentResource):
    """Owns the records of the origin's name, and the health checks that move it.

    Answers go-live-readiness:118 and go-live-readiness:153 (multi-region), production:49 and production:50
    (disaster recovery and failover). The checks watch alarms rather than the load balancers themselves, which
    nobody but CloudFront can reach; an alarm that can't be read counts as ill.
    """

    domain: str
    """The origin's name, once its records are declared."""
    health_check_ids: pulumi.Output[list[str]]
    """The primary's check, then the standby's."""

    def __init__(self, name: str, args: FailoverArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("golive:aws:Failover", name, None, opts)
        checks = [self._place(f"{name}-primary", args, args.primary, "PRIMARY")]
        if args.standby is not None:
            checks.append(self._place(f"{name}-standby", args, args.standby, "SECONDARY"))
        self.domain = args.domain
        self.health_check_ids = pulumi.Output.all(*(check.id for check in checks))
        self.register_outputs({"domain": self.domain, "health_check_ids": self.health_check_ids})

    def _place(self, name: str, args: FailoverArgs, endpoint: Endpoint, role: str) -> aws.route53.HealthCheck:
        check = aws.route53.HealthCheck(
            f"{name}-health",
            type="CLOUDWATCH_METRIC",
            cloudwatch_alarm_name=endpoint.alarm_name,
            cloudwatch_alarm_region=endpoint.alarm_region,
            insufficient_data_health_status="Unhealthy",
            reference_name=f"{role.lower()}-{endpoint.alarm_region}",
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        aws.route53.Record(
            f"{name}-a",
            zone_id=args.zone_id,
            name=args.domain,
            type="A",
            set_identifier=role.lower(),
            failover_routing_policies=[{"type": role}],
            health_check_id=check.id,
            aliases=[{"name": endpoint.dns_name, "zone_id": endpoint.zone_id, "evaluate_target_health": True}],
            opts=pulumi.ResourceOptions(parent=self),
        )
        return check
