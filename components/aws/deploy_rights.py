"""What the CI system's roles may do, statement by statement, and the boundary that no role goes beyond.

Where AWS makes the names of things itself (``vpc-0a1b...``), an ARN can't say which are ours; such statements hold in
the environment's regions alone and say so in their reason. Roles, policies, buckets, log groups and whatever else bears
a name of ours are named by it.
"""

from collections.abc import Mapping

from components.aws.iam import EVERYTHING, Place, Statement

UNNAMED = "AWS makes the ids of these resources, so no ARN can say beforehand which are ours"
GLOBAL = "these resources are the account's own and have no name that could be said beforehand"
FAMILY = "deploying means to create, read, change, tag and delete, which is every action of the service on what is ours"
CEILING = "a boundary grants nothing; it only bounds what the role's own policies grant"

LONGEST_POLICY = 6144
"""How many characters a managed policy may have, white space not counted (IAM quotas)."""

CHANGES = ("Attach", "Create", "Delete", "Detach", "PassRole", "Put", "Set", "Tag", "Untag", "Update")
"""How the actions of IAM begin that change something."""

WORKLOAD_SERVICES = (
    "autoscaling",
    "backup",
    "cloudwatch",
    "ec2",
    "ecr",
    "eks",
    "eks-auth",
    "elasticache",
    "elasticloadbalancing",
    "kafka",
    "kafka-cluster",
    "kms",
    "lambda",
    "logs",
    "rds",
    "rds-db",
    "s3",
    "secretsmanager",
    "shield",
    "sqs",
    "ssm",
    "ssmmessages",
    "sts",
    "tag",
    "wafv2",
)
"""What nodes, pods and AWS's services for us may reach at all."""


def boundary(place: Place, regions: tuple[str, ...]) -> tuple[Statement, ...]:
    """Bound every role of the environment: our services in our regions, and nobody's rights but the reader's."""
    return (
        Statement(
            sid="Services",
            actions=tuple(f"{service}:*" for service in WORKLOAD_SERVICES),
            resources=(EVERYTHING,),
            conditions={"StringEquals": {"aws:RequestedRegion": regions}},
            reason=CEILING,
        ),
        Statement(
            sid="LendRoles",
            actions=("iam:GetRole", "iam:PassRole"),
            resources=(f"arn:aws:iam::{place.account}:role/{place.name}-*",),
        ),
        Statement(
            sid="Irreversible",
            effect="Deny",
            actions=(
                "backup:DeleteBackupVaultLockConfiguration",
                "backup:DeleteRecoveryPoint",
                "kms:DisableKey",
                "kms:ScheduleKeyDeletion",
                "s3:BypassGovernanceRetention",
                "s3:PutBucketObjectLockConfiguration",
            ),
            resources=(EVERYTHING,),
        ),
    )


def preview_rights(bucket: str, key: str) -> tuple[Statement, ...]:
    """Read the state, and decrypt it; the locks of the state are left alone, for a preview takes none."""
    return (
        Statement(sid="State", actions=("s3:GetObject",), resources=(f"arn:aws:s3:::{bucket}/*",)),
        Statement(
            sid="StateList", actions=("s3:GetBucketLocation", "s3:ListBucket"), resources=(f"arn:aws:s3:::{bucket}",)
        ),
        Statement(sid="StateKey", actions=("kms:Decrypt", "kms:DescribeKey"), resources=(key,)),
    )


def deploy_rights(place: Place, regions: tuple[str, ...], bucket: str, key: str) -> Mapping[str, tuple[Statement, ...]]:
    """Say what deploying takes, in parts that each fit into one managed policy."""
    return {
        "state": _state(bucket, key),
        "network": _network(place, regions),
        "data": _data(place, regions),
        "edge": _edge(place),
        "watch": _watch(place, regions),
        "roles": _roles(place),
    }


def _state(bucket: str, key: str) -> tuple[Statement, ...]:
    return (
        *preview_rights(bucket, key),
        Statement(
            sid="StateWrite", actions=("s3:DeleteObject", "s3:PutObject"), resources=(f"arn:aws:s3:::{bucket}/*",)
        ),
        Statement(sid="StateSeal", actions=("kms:Encrypt", "kms:GenerateDataKey"), resources=(key,)),
    )


def _ours(place: Place, regions: tuple[str, ...], service: str, *resources: str) -> tuple[str, ...]:
    """Write the ARNs of what bears our name, in every region of the environment."""
    return tuple(f"arn:aws:{service}:{region}:{place.account}:{each}" for region in regions for each in resources)


def _here(place: Place, regions: tuple[str, ...]) -> Mapping[str, Mapping[str, str | tuple[str, ...]]]:
    return {"StringEquals": {"aws:RequestedRegion": regions, "aws:PrincipalAccount": place.account}}


def _network(place: Place, regions: tuple[str, ...]) -> tuple[Statement, ...]:
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
                *(f"{kind}/{name}*" for kind in ("loadbalancer/app", "targetgroup", "listener/app")),
            ),
            reason=FAMILY,
        ),
        Statement(
            sid="Images",
            actions=("ecr:*",),
            resources=_ours(place, regions, "ecr", f"repository/{name}*"),
            reason=FAMILY,
        ),
        Statement(
            sid="Registry",
            actions=("ecr:PutRegistryScanningConfiguration", "ecr:PutReplicationConfiguration"),
            resources=(EVERYTHING,),
            conditions=_here(place, regions),
            reason=GLOBAL,
        ),
    )


def _data(place: Place, regions: tuple[str, ...]) -> tuple[Statement, ...]:
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
            resources=_ours(place, regions, "secretsmanager", f"secret:{name}*"),
            reason=FAMILY,
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


def _edge(place: Place) -> tuple[Statement, ...]:
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
            resources=(f"arn:aws:wafv2:*:{place.account}:*/{place.name}*/*",),
            reason=FAMILY,
        ),
    )


def _watch(place: Place, regions: tuple[str, ...]) -> tuple[Statement, ...]:
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
            actions=("access-analyzer:*", "guardduty:*", "inspector2:*"),
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


def _roles(place: Place) -> tuple[Statement, ...]:
    """Make roles, but none without the boundary, and never touch the boundary or the CI system's own."""
    account, name = place.account, place.name
    roles, policies = f"arn:aws:iam::{account}:role/{name}-*", f"arn:aws:iam::{account}:policy/{name}-*"
    own = (f"arn:aws:iam::{account}:role/{name}-ci-*", f"arn:aws:iam::{account}:policy/{name}-ci-*")
    bound = f"arn:aws:iam::{account}:policy/{name}-boundary"
    return (
        Statement(
            sid="RolesWithinBounds",
            actions=(
                "iam:AttachRolePolicy",
                "iam:CreateRole",
                "iam:DetachRolePolicy",
                "iam:DeleteRolePolicy",
                "iam:PutRolePermissionsBoundary",
                "iam:PutRolePolicy",
            ),
            resources=(roles,),
            conditions={"StringEquals": {"iam:PermissionsBoundary": bound}},
        ),
        Statement(
            sid="Roles",
            actions=("iam:DeleteRole", "iam:PassRole", "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy"),
            resources=(roles,),
        ),
        Statement(
            sid="Policies",
            actions=(
                "iam:CreatePolicy",
                "iam:CreatePolicyVersion",
                "iam:DeletePolicy",
                "iam:DeletePolicyVersion",
                "iam:TagPolicy",
            ),
            resources=(policies,),
        ),
        Statement(
            sid="ServiceRoles",
            actions=("iam:CreateServiceLinkedRole",),
            resources=(f"arn:aws:iam::{account}:role/aws-service-role/*",),
        ),
        Statement(
            sid="NotItself",
            effect="Deny",
            actions=tuple(f"iam:{verb}*" for verb in CHANGES),
            resources=(*own, bound),
        ),
        Statement(
            sid="NoLongLivedKeys",
            effect="Deny",
            actions=(
                "iam:CreateAccessKey",
                "iam:CreateLoginProfile",
                "iam:CreateUser",
                "iam:DeleteRolePermissionsBoundary",
            ),
            resources=(EVERYTHING,),
        ),
    )
