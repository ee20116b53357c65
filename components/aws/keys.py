"""One encryption key for each purpose, so that whoever may read one kind of data can't read the others."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

import pulumi
import pulumi_aws as aws
from pydantic import Field

from components.args import Args
from components.aws.iam import EVERYTHING, Place, Statement, policy
from settings.vocabulary import DnsLabel

DELETION_DAYS = 30
"""How long a deleted key can be had back, the most that AWS offers; without it its data is lost."""
ROTATION_DAYS = 365
"""How often AWS makes new key material; old data stays readable."""

ADMINISTRATION = (
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:RevokeGrant",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
)
"""What the account's administrators may do to a key; to decrypt with it is not among it."""
USE = (
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)
"""What it takes to read and write what a key encrypts."""
GRANT = ("kms:CreateGrant", "kms:DescribeKey", "kms:ListGrants", "kms:RevokeGrant")
"""What it takes to lend a key to an AWS service."""
ITSELF = "in the policy of a key the resource * is the key itself"

SCALING = "aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
"""The role in which EC2 Auto Scaling starts nodes; AWS makes it when an account first uses Auto Scaling."""


class Purpose(Args):
    """What a key is for, and who may use it for that."""

    name: DnsLabel
    title: Annotated[str, Field(min_length=1)]
    via: tuple[DnsLabel, ...] = ()
    """Services that use the key in the name of whoever calls them, and for nobody else: ``s3``, ``ecr``."""
    direct: bool = False
    """Whether roles use it themselves: then their own policies say which."""
    writers: Mapping[str, tuple[str, str]] = Field(default_factory=dict)
    """Services that use the key for themselves, each with the condition (key, pattern) that binds it to our resources;
    ``{region}`` and ``{account}`` are filled in."""
    roles: tuple[str, ...] = ()
    """Paths of this account's roles that lend the key to disks."""


PURPOSES = (
    Purpose(name="cluster", title="Kubernetes Secrets in etcd", via=("eks",), direct=True),
    Purpose(name="disks", title="the disks of nodes and of volumes", via=("ec2",), roles=(SCALING,)),
    Purpose(
        name="logs",
        title="log groups",
        writers={
            "logs.{region}.amazonaws.com": (
                "kms:EncryptionContext:aws:logs:arn",
                "arn:aws:logs:{region}:{account}:log-group:*",
            )
        },
    ),
    Purpose(name="objects", title="buckets", via=("s3",)),
    Purpose(
        name="audit",
        title="the audit trail",
        via=("s3",),
        writers={
            "cloudtrail.amazonaws.com": (
                "kms:EncryptionContext:aws:cloudtrail:arn",
                "arn:aws:cloudtrail:*:{account}:trail/*",
            )
        },
    ),
    Purpose(name="secrets", title="Secrets Manager", via=("secretsmanager",)),
    Purpose(name="images", title="the registry", via=("ecr",)),
    Purpose(name="data", title="managed data stores", via=("rds", "elasticache", "kafka")),
    Purpose(
        name="backup", title="backup vaults, and the copies that stores make for them", via=("backup", "ec2", "rds")
    ),
)
"""Every key of an environment; its alias is ``alias/<name>/<purpose>``."""

REPLICATED = tuple(purpose for purpose in PURPOSES if purpose.name in {"objects", "audit", "secrets", "backup"})
"""The keys that the second region needs for its copies."""


class KeysArgs(Args):
    """Which keys to make, and where."""

    place: Place
    purposes: Annotated[tuple[Purpose, ...], Field(min_length=1)] = PURPOSES
    tags: Mapping[str, str]


class Keys(pulumi.ComponentResource):
    """Owns a KMS key and its alias for each purpose: rotated every year, had back for 30 days, open to nobody else.

    Answers go-live-readiness:94 (AES-256 at rest) and production:11. No policy names ``*`` as a principal: the account
    administers, named services use, each for this account's resources alone. Prerequisite for ``disks``: the account
    has used Auto Scaling before, for KMS refuses a policy that names a role which isn't there.
    """

    arns: Mapping[str, pulumi.Output[str]]
    """Purpose to ARN; read-only."""

    def __init__(self, name: str, args: KeysArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("golive:aws:Keys", name, None, opts)
        self.arns = MappingProxyType({purpose.name: self._key(name, purpose, args) for purpose in args.purposes})
        self.register_outputs({"arns": dict(self.arns)})

    def _key(self, name: str, purpose: Purpose, args: KeysArgs) -> pulumi.Output[str]:
        key = aws.kms.Key(
            f"{name}-{purpose.name}",
            description=f"{args.place.name}: {purpose.title}",
            enable_key_rotation=True,
            rotation_period_in_days=ROTATION_DAYS,
            deletion_window_in_days=DELETION_DAYS,
            policy=key_policy(purpose, args.place),
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        aws.kms.Alias(
            f"{name}-{purpose.name}-alias",
            name=args.place.alias(purpose.name),
            target_key_id=key.key_id,
            opts=pulumi.ResourceOptions(parent=self),
        )
        return key.arn


def key_policy(purpose: Purpose, place: Place) -> str:
    """Write the policy of one key."""
    account = {"AWS": (f"arn:aws:iam::{place.account}:root",)}
    return policy(
        _of_key("Administration", ADMINISTRATION, account, {}),
        *_lent(purpose, place, account),
        *_writers(purpose, place),
    )


def _of_key(
    sid: str,
    actions: tuple[str, ...],
    principals: Mapping[str, tuple[str, ...]],
    conditions: Mapping[str, Mapping[str, str | tuple[str, ...]]],
) -> Statement:
    return Statement(
        sid=sid,
        actions=actions,
        principals=principals,
        resources=(EVERYTHING,),
        conditions=conditions,
        reason=ITSELF,
    )


def _lent(purpose: Purpose, place: Place, account: Mapping[str, tuple[str, ...]]) -> list[Statement]:
    """Let the account's own roles use the key, as far as their policies go, and through the services meant for it."""
    found: list[Statement] = []
    if purpose.direct:
        found.append(_of_key("Use", (*USE, *GRANT), account, {}))
    elif purpose.via:
        services = tuple(f"{service}.{place.region}.amazonaws.com" for service in purpose.via)
        via: dict[str, str | tuple[str, ...]] = {"kms:CallerAccount": place.account, "kms:ViaService": services}
        conditions: dict[str, Mapping[str, str | tuple[str, ...]]] = {"StringEquals": via}
        found.append(_of_key("UseThroughServices", USE, account, conditions))
        conditions = {**conditions, "Bool": {"kms:GrantIsForAWSResource": "true"}}
        found.append(_of_key("LendToServices", GRANT, account, conditions))
    if purpose.roles:
        roles = {"AWS": tuple(f"arn:aws:iam::{place.account}:role/{role}" for role in purpose.roles)}
        found.append(_of_key("UseByRoles", USE, roles, {}))
        found.append(
            _of_key("LendByRoles", ("kms:CreateGrant",), roles, {"Bool": {"kms:GrantIsForAWSResource": "true"}})
        )
    return found


def _writers(purpose: Purpose, place: Place) -> list[Statement]:
    """Let services use the key for themselves, for resources of this account alone."""
    found: list[Statement] = []
    for number, (service, (key, pattern)) in enumerate(sorted(purpose.writers.items()), start=1):
        arn = pattern.format(region=place.region, account=place.account)
        principals = {"Service": (service.format(region=place.region),)}
        found.append(_of_key(f"Service{number}", USE, principals, {"ArnLike": {key: arn}}))
    return found
