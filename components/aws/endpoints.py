"""Doors from a VPC to AWS services, so that nodes and data stores reach them without the internet."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.aws.iam import EVERYTHING, Place, Statement, policy

GATEWAYS = ("dynamodb", "s3")
"""Services that are reached by a route, at no price."""
INTERFACES = (
    "autoscaling",
    "ec2",
    "ecr.api",
    "ecr.dkr",
    "eks",
    "eks-auth",
    "elasticloadbalancing",
    "kms",
    "logs",
    "monitoring",
    "secretsmanager",
    "ssm",
    "sts",
)
"""Services that nodes and the platform ask, reached by an address in each private subnet."""
HTTPS = 443
ANY_CALLER = "endpoints know callers by conditions; a principal other than * would need every role by name"


@dataclass(frozen=True, kw_only=True)
class Doors:
    """What the endpoints of one VPC need."""

    name: str
    place: Place
    vpc: pulumi.Output[str]
    cidr: str
    subnets: tuple[pulumi.Output[str], ...]
    """Where the interface endpoints have their addresses."""
    tables: tuple[pulumi.Output[str], ...]
    """Route tables that lead to the gateway endpoints."""
    tags: Mapping[str, str]


def endpoints(doors: Doors, parent: pulumi.Resource) -> list[pulumi.Resource]:
    """Make every endpoint as a child of ``parent`` and return them."""
    opts = pulumi.ResourceOptions(parent=parent)
    group = _group(doors, opts)
    made: list[pulumi.Resource] = []
    for service in (*GATEWAYS, *INTERFACES):
        gateway = service in GATEWAYS
        made.append(
            aws.ec2.VpcEndpoint(
                f"{doors.name}-{service.replace('.', '-')}-endpoint",
                vpc_id=doors.vpc,
                service_name=f"com.amazonaws.{doors.place.region}.{service}",
                vpc_endpoint_type="Gateway" if gateway else "Interface",
                route_table_ids=list(doors.tables) if gateway else None,
                subnet_ids=None if gateway else list(doors.subnets),
                security_group_ids=None if gateway else [group.id],
                private_dns_enabled=None if gateway else True,
                policy=endpoint_policy(service, doors.place),
                tags={**doors.tags, "Name": f"{doors.place.name}-{service}"},
                opts=opts,
            )
        )
    return made


def _group(doors: Doors, opts: pulumi.ResourceOptions) -> aws.ec2.SecurityGroup:
    """Let the VPC's own addresses in, on HTTPS, and nothing out: an endpoint never calls."""
    group = aws.ec2.SecurityGroup(
        f"{doors.name}-endpoints",
        name=f"{doors.place.name}-endpoints",
        description="HTTPS from within the network to the endpoints of AWS services",
        vpc_id=doors.vpc,
        tags={**doors.tags, "Name": f"{doors.place.name}-endpoints"},
        opts=opts,
    )
    aws.vpc.SecurityGroupIngressRule(
        f"{doors.name}-endpoints-https",
        security_group_id=group.id,
        description="HTTPS from within the network",
        ip_protocol="tcp",
        from_port=HTTPS,
        to_port=HTTPS,
        cidr_ipv4=doors.cidr,
        tags={**doors.tags, "Name": f"{doors.place.name}-endpoints-https"},
        opts=opts,
    )
    return group


def endpoint_policy(service: str, place: Place) -> str:
    """Let this account's callers use the service, and nobody who brought credentials of another account along.

    The registry keeps layers in a bucket of AWS, which nodes read through the door to S3.
    """
    prefix = service.partition(".")[0]
    ours = Statement(
        sid="OurAccount",
        actions=(f"{_IAM_NAMES.get(service, prefix)}:{EVERYTHING}",),
        principals={"AWS": (EVERYTHING,)},
        resources=(EVERYTHING,),
        conditions={"StringEquals": {"aws:PrincipalAccount": place.account}},
        reason=ANY_CALLER,
    )
    if service != "s3":
        return policy(ours)
    layers = Statement(
        sid="ImageLayers",
        actions=("s3:GetObject",),
        principals={"AWS": (EVERYTHING,)},
        resources=(f"arn:aws:s3:::prod-{place.region}-starport-layer-bucket/*",),
        reason=ANY_CALLER,
    )
    return policy(ours, layers)


_IAM_NAMES = {"ecr.api": "ecr", "ecr.dkr": "ecr", "monitoring": "cloudwatch"}
"""What IAM calls a service whose endpoint has another name."""
