"""What the CI system's roles may do, statement by statement, and the boundary that no role goes beyond."""

from collections.abc import Mapping

from components.aws.deploy_services import data, edge, network, watch
from components.aws.iam import EVERYTHING, Place, Statement

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
    "events",
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
        "network": network(place, regions),
        "data": data(place, regions),
        "edge": edge(place),
        "watch": watch(place, regions),
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


GRANTING = (
    "iam:AttachRolePolicy",
    "iam:CreateRole",
    "iam:DetachRolePolicy",
    "iam:DeleteRolePolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
)
"""What gives a role rights: only within the boundary."""
KEEPING = ("iam:DeleteRole", "iam:PassRole", "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy")
WRITING = (
    "iam:CreatePolicy",
    "iam:CreatePolicyVersion",
    "iam:DeletePolicy",
    "iam:DeletePolicyVersion",
    "iam:TagPolicy",
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
            actions=GRANTING,
            resources=(roles,),
            conditions={"StringEquals": {"iam:PermissionsBoundary": bound}},
        ),
        Statement(sid="Roles", actions=KEEPING, resources=(roles,)),
        Statement(sid="Policies", actions=WRITING, resources=(policies,)),
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
