"""The way into the cluster: a load balancer that speaks TLS 1.3, and only to CloudFront."""

from typing import Annotated, Self

import pulumi
import pulumi_aws as aws
from pydantic import Field, model_validator

from components.args import Args, Wire
from settings.vocabulary import AwsRegion, Cidr, DnsLabel, Port

HTTPS = 443
TLS_ONLY_1_3 = "ELBSecurityPolicy-TLS13-1-3-2021-06"
"""The policy that knows no older TLS."""

LONGEST_NAME = 32
"""How long Elastic Load Balancing lets a name be."""


class LoadBalancerArgs(Args):
    """Where it stands, who may reach it, and what is behind it."""

    name: DnsLabel
    region: AwsRegion
    vpc_id: Wire[str]
    vpc_cidr: Cidr
    """Where the pods are."""
    subnets: Annotated[tuple[Wire[str], ...], Field(min_length=2)]
    """Public subnets in at least two availability zones."""
    origin_prefix_list: Annotated[str, Field(pattern=r"^pl-[0-9a-f]{8,17}$")]
    """The region's list com.amazonaws.global.cloudfront.origin-facing."""
    certificate: Wire[str]
    """The ARN of a certificate in the same region for all names that are served."""
    web_acl: Wire[str]
    """The ARN of a web ACL of scope REGIONAL in the same region."""
    log_bucket: Wire[str]
    """The name of a bucket for access logs, in the same region."""
    port: Port
    """Where the gateway's pods take TLS connections."""
    health: Annotated[str, Field(pattern=r"^/\S*$")]
    """The path that answers 200 while a pod can serve."""
    tags: dict[str, str]

    @model_validator(mode="after")
    def _short(self) -> Self:
        if len(self.name) > LONGEST_NAME:
            raise ValueError(f"expected a name of at most {LONGEST_NAME} characters; found {len(self.name)}")
        return self


class LoadBalancer(pulumi.ComponentResource):
    """Owns the load balancer, its security group, its one listener, the target group and the alarm of its health.

    Answers optibid:69 and go-live-readiness:160 (load balancer), go-live-readiness:94 (TLS 1.3),
    go-live-readiness:97 and optibid:73 (nobody but CloudFront reaches it). There is no port 80: CloudFront redirects.
    """

    dns_name: pulumi.Output[str]
    """AWS's name for it."""
    zone_id: pulumi.Output[str]
    """The hosted zone of that name, for alias records."""
    target_group_arn: pulumi.Output[str]
    """What a TargetGroupBinding in the cluster names."""
    security_group_id: pulumi.Output[str]
    """Whom the pods have to let in."""
    listener_arn: pulumi.Output[str]
    """Through which all users come."""
    alarm_name: pulumi.Output[str]
    """Rings while no pod is healthy; a health check can watch it."""
    alarm_region: str
    """Where the alarm is."""

    def __init__(self, name: str, args: LoadBalancerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("golive:aws:LoadBalancer", name, None, opts)
        group = self._security_group(name, args)
        balancer = aws.lb.LoadBalancer(
            f"{name}-balancer",
            name=args.name,
            load_balancer_type="application",
            internal=False,
            subnets=list(args.subnets),
            security_groups=[group.id],
            access_logs={"bucket": args.log_bucket, "enabled": True, "prefix": args.name},
            drop_invalid_header_fields=True,
            desync_mitigation_mode="strictest",
            enable_deletion_protection=True,
            region=args.region,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        targets = self._targets(name, args)
        listener = self._listener(name, args, balancer, targets)
        alarm = self._alarm(name, args, balancer, targets)
        self.dns_name = balancer.dns_name
        self.zone_id = balancer.zone_id
        self.target_group_arn = targets.arn
        self.security_group_id = group.id
        self.listener_arn = listener.arn
        self.alarm_name = alarm.name
        self.alarm_region = args.region
        self.register_outputs(
            {
                "dns_name": self.dns_name,
                "zone_id": self.zone_id,
                "target_group_arn": self.target_group_arn,
                "security_group_id": self.security_group_id,
                "listener_arn": self.listener_arn,
                "alarm_name": self.alarm_name,
                "alarm_region": self.alarm_region,
            }
        )

    def _security_group(self, name: str, args: LoadBalancerArgs) -> aws.ec2.SecurityGroup:
        """Let CloudFront in, and the load balancer through to the pods."""
        group = aws.ec2.SecurityGroup(
            f"{name}-security-group",
            name=f"{args.name}-balancer",
            description=f"The load balancer {args.name}",
            vpc_id=args.vpc_id,
            region=args.region,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        aws.vpc.SecurityGroupIngressRule(
            f"{name}-from-cloudfront",
            description="HTTPS from CloudFront",
            security_group_id=group.id,
            ip_protocol="tcp",
            from_port=HTTPS,
            to_port=HTTPS,
            prefix_list_id=args.origin_prefix_list,
            region=args.region,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        aws.vpc.SecurityGroupEgressRule(
            f"{name}-to-pods",
            description="TLS to the gateway's pods",
            security_group_id=group.id,
            ip_protocol="tcp",
            from_port=args.port,
            to_port=args.port,
            cidr_ipv4=args.vpc_cidr,
            region=args.region,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        return group

    def _targets(self, name: str, args: LoadBalancerArgs) -> aws.lb.TargetGroup:
        return aws.lb.TargetGroup(
            f"{name}-targets",
            name=args.name,
            target_type="ip",
            vpc_id=args.vpc_id,
            port=args.port,
            protocol="HTTPS",
            deregistration_delay=30,
            health_check={
                "enabled": True,
                "protocol": "HTTPS",
                "path": args.health,
                "matcher": "200",
                "interval": 10,
                "timeout": 5,
                "healthy_threshold": 2,
                "unhealthy_threshold": 2,
            },
            region=args.region,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _listener(
        self, name: str, args: LoadBalancerArgs, balancer: aws.lb.LoadBalancer, targets: aws.lb.TargetGroup
    ) -> aws.lb.Listener:
        listener = aws.lb.Listener(
            f"{name}-https",
            load_balancer_arn=balancer.arn,
            port=HTTPS,
            protocol="HTTPS",
            ssl_policy=TLS_ONLY_1_3,
            certificate_arn=args.certificate,
            default_actions=[{"type": "forward", "target_group_arn": targets.arn}],
            region=args.region,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        aws.wafv2.WebAclAssociation(
            f"{name}-web-acl",
            resource_arn=balancer.arn,
            web_acl_arn=args.web_acl,
            region=args.region,
            opts=pulumi.ResourceOptions(parent=self),
        )
        return listener

    def _alarm(
        self, name: str, args: LoadBalancerArgs, balancer: aws.lb.LoadBalancer, targets: aws.lb.TargetGroup
    ) -> aws.cloudwatch.MetricAlarm:
        return aws.cloudwatch.MetricAlarm(
            f"{name}-healthy",
            name=f"{args.name}-no-healthy-target",
            alarm_description=f"The load balancer {args.name} has no healthy target",
            namespace="AWS/ApplicationELB",
            metric_name="HealthyHostCount",
            dimensions={"LoadBalancer": balancer.arn_suffix, "TargetGroup": targets.arn_suffix},
            statistic="Maximum",
            period=60,
            evaluation_periods=2,
            comparison_operator="LessThanThreshold",
            threshold=1,
            treat_missing_data="breaching",  # a region that is gone measures nothing
            region=args.region,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
