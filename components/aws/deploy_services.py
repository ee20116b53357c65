"""What deploying takes of each family of AWS services.

Where AWS makes the names of things itself (``vpc-0a1b...``), an ARN can't say which are ours; such statements hold in
the environment's regions alone and say so in their reason. Roles, policies, buckets, log groups and whatever else bears
a name of ours are named by it.
"""

from collections.abc import Mapping

from components.aws.iam import EVERYTHING, Place, Statement

UNNAMED = "AWS makes the ids of these resources, so no ARN can say beforehand which are ours"
GLOBAL = "these resources are the account's own and have no name that could be said beforehand"
FAMILY = "deploying means to create, read, change, tag and delete, which is every action of the service on what is ours"
PATHS = "repositories and secrets bear the names that images and products have, and begin with none of ours"


def _ours(place: Place, regions: tuple[str, ...], service: str, *resources: str) -> tuple[str, ...]:
    """Write the ARNs of what bears our name, in every region of the environment."""
    return tuple(f"arn:aws:{service}:{region}:{place.account}:{each}" for region in regions for each in resources)


def _here(place: Place, regions: tuple[str, ...]) -> Mapping[str, Mapping[str, str | tuple[str, ...]]]:
    return {"StringEquals": {"aws:RequestedRegion": regions, "aws:PrincipalAccount": place.account}}


def network(place: Place, regions: tuple[str, ...]) -> tuple[Statement, ...]:
    """Networks, clusters, load balancers and the registry."""
    name = place.name
    return (
        Statement(
            sid="Network",
            actions=("ec2:*",),
            resources=(EVERYTHING,),
            conditions=_here(place, regions),
            reason=UNNAMED,
        ),
        Statement(
            sid="Clusters",
            actions=("eks:*",),
            resources=_ours(
                place,
                regions,
                "eks",
                *(f"{kind}/{name}*" for kind in ("cluster", "nodegroup", "addon", "access-entry")),
                f"podidentityassociation/{name}*",
            ),
            reason=FAMILY,
        ),
        Statement(
            sid="Balancers",
            actions=("elasticloadbalancing:*",),
            resources=_ours(
                place,
                regions,
                "elasticloadbalancing",
                *(
                    f"{kind}/{name}*"
                    for kind in ("loadbalancer/app", "targetgroup", "listener/app", "listener-rule/app")
                ),
            ),
            reason=FAMILY,
        ),
        Statement(
            sid="Images",
            actions=("ecr:*",),
            resources=_ours(place, regions, "ecr", "repository/*"),
            reason=PATHS,
        ),
        Statement(
            sid="Registry",
            actions=("ecr:PutRegistryScanningConfiguration", "ecr:PutReplicationConfiguration"),
            resources=(EVERYTHING,),
            conditions=_here(place, regions),
            reason=GLOBAL,
        ),
    )


def data(place: Place, regions: tuple[str, ...]) -> tuple[Statement, ...]:
    """Stores, buckets, secrets, keys, and what rotates secrets."""
    name = place.name
    databases = ("db", "subgrp", "pg", "snapshot")
    caches = ("replicationgroup", "cluster", "subnetgroup", "parametergroup", "user", "usergroup", "snapshot")
    return (
        Statement(
            sid="Databases",
            actions=("rds:*",),
            resources=_ours(place, regions, "rds", *(f"{kind}:{name}*" for kind in databases)),
            reason=FAMILY,
        ),
        Statement(
            sid="Caches",
            actions=("elasticache:*",),
            resources=_ours(place, regions, "elasticache", *(f"{kind}:{name}*" for kind in caches)),
            reason=FAMILY,
        ),
        Statement(
            sid="Brokers",
            actions=("kafka:*",),
            resources=_ours(place, regions, "kafka", f"cluster/{name}*", f"configuration/{name}*"),
            reason=FAMILY,
        ),
        Statement(
            sid="BrokerSettings",
            actions=("kafka:CreateConfiguration",),
            resources=(EVERYTHING,),
            conditions=_here(place, regions),
            reason=UNNAMED,
        ),
        Statement(sid="Buckets", actions=("s3:*",), resources=(f"arn:aws:s3:::{name}-*",), reason=FAMILY),
        Statement(
            sid="Secrets",
            actions=("secretsmanager:*",),
            resources=_ours(place, regions, "secretsmanager", "secret:*"),
            reason=PATHS,
        ),
        Statement(
            sid="Keys",
            actions=("kms:*",),
            resources=(EVERYTHING,),
            conditions=_here(place, regions),
            reason=UNNAMED,
        ),
        Statement(
            sid="Rotation",
            actions=("lambda:*",),
            resources=_ours(place, regions, "lambda", f"function:{name}*"),
            reason=FAMILY,
        ),
    )


def edge(place: Place) -> tuple[Statement, ...]:
    """Names, distributions, certificates and the firewall."""
    account = {"StringEquals": {"aws:PrincipalAccount": place.account}}
    return (
        Statement(
            sid="Names",
            actions=("route53:*",),
            resources=(EVERYTHING,),
            conditions=account,
            reason=UNNAMED,
        ),
        Statement(
            sid="Distributions", actions=("cloudfront:*",), resources=(EVERYTHING,), conditions=account, reason=UNNAMED
        ),
        Statement(sid="Certificates", actions=("acm:*",), resources=(EVERYTHING,), conditions=account, reason=UNNAMED),
        Statement(
            sid="Firewall",
            actions=("wafv2:*",),
            # A web ACL names AWS's rule groups, and is joined to a load balancer.
            resources=(
                f"arn:aws:wafv2:*:{place.account}:*/{place.name}*/*",
                "arn:aws:wafv2:*:aws:*/managedruleset/*/*",
                f"arn:aws:elasticloadbalancing:*:{place.account}:loadbalancer/app/{place.name}*",
            ),
            reason=FAMILY,
        ),
    )


def watch(place: Place, regions: tuple[str, ...]) -> tuple[Statement, ...]:
    """Logs, alarms, the trail, detectors and backups."""
    here = _here(place, regions)
    groups = ("/aws/*/{name}*", "aws-waf-logs-{name}*", "/aws/route53/*", "/aws/rds/instance/{name}*")
    return (
        Statement(
            sid="Logs",
            actions=("logs:*",),
            resources=_ours(
                place, regions, "logs", *(f"log-group:{group.format(name=place.name)}" for group in groups)
            ),
            reason=FAMILY,
        ),
        Statement(
            sid="LogDelivery",
            actions=("logs:*Delivery*", "logs:*ResourcePolicy", "logs:DescribeLogGroups"),
            resources=(EVERYTHING,),
            conditions=here,
            reason=UNNAMED,
        ),
        Statement(
            sid="Alarms",
            actions=("cloudwatch:*",),
            resources=_ours(place, regions, "cloudwatch", f"alarm:{place.name}*"),
            reason=FAMILY,
        ),
        Statement(
            sid="Trail",
            actions=("cloudtrail:*",),
            resources=_ours(place, regions, "cloudtrail", f"trail/{place.name}*"),
            reason=FAMILY,
        ),
        Statement(
            sid="Detection",
            actions=("access-analyzer:*", "guardduty:*", "inspector2:*", "s3:PutAccountPublicAccessBlock"),
            resources=(EVERYTHING,),
            conditions=here,
            reason=GLOBAL,
        ),
        Statement(
            sid="Backups",
            actions=("backup:*", "backup-storage:MountCapsule"),
            resources=(EVERYTHING,),
            conditions=here,
            reason=UNNAMED,
        ),
    )
