"""The secrets of an environment in AWS Secrets Manager: encrypted, copied to the second region, rotated."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Self

import pulumi
import pulumi_aws as aws
import pulumi_random as random
from pydantic import Field, field_validator, model_validator

from components.args import Args, Wire
from components.aws.iam import EVERYTHING, Place, Statement, policy
from components.aws.rotation.handler import GENERATED, LENGTH
from components.aws.rotation_function import Rotation, RotationArgs
from settings.vocabulary import AwsRegion

RECOVERY_DAYS = 30
"""How long a deleted secret can be had back."""
LONGEST_ROTATION = 90
"""The most days between two rotations (go-live-readiness:96)."""
READING = ("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue")

SecretName = Annotated[str, Field(pattern=r"^[a-z0-9]+([/-][a-z0-9]+)*$", max_length=512)]
Key = Annotated[str, Field(pattern=r"^[A-Z0-9_]+$")]


class SecretArgs(Args):
    """One secret: which of its keys we make up, which have a fixed value that is no secret, which somebody issues."""

    name: SecretName
    """Its name in the store: ``prod/optibid/optibid-backend-jwt``."""
    generated: tuple[Key, ...] = ()
    """Keys whose values are made up here and rotated."""
    fixed: Mapping[Key, str] = Field(default_factory=dict)
    """Keys whose values are known and no secret, such as the name of a user."""
    issued: tuple[Key, ...] = ()
    """Keys whose values another party hands out. They are added to the value by hand; until then External Secrets
    finds them missing, and nothing that reads the secret starts."""

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        keys = [*self.generated, *self.fixed, *self.issued]
        if not keys or len(set(keys)) != len(keys):
            raise ValueError(f"expected each key of {self.name} once, at least one; found {', '.join(keys) or 'none'}")
        return self


class Copy(Args):
    """Where a copy of every secret lies."""

    region: AwsRegion
    key: Wire[str]
    """The ARN of the key there."""


class SecretStoreArgs(Args):
    """Which secrets there are, who reads them, and how often they change."""

    place: Place
    prefix: str
    """The first part of every name: the environment."""
    secrets: tuple[SecretArgs, ...]
    readers: Annotated[tuple[str, ...], Field(min_length=1)]
    """ARNs of the roles that may read values: External Secrets, whoever deploys, for the provider reads back what it
    writes, and who puts in what others issue. All others but the rotation are denied, administrators included."""
    rotation_days: Annotated[int, Field(ge=1, le=LONGEST_ROTATION)]
    key: Wire[str]
    """The ARN of the key for secrets."""
    logs_key: Wire[str]
    copies: tuple[Copy, ...] = ()
    tags: Mapping[str, str]

    @field_validator("secrets")
    @classmethod
    def _different(cls, secrets: tuple[SecretArgs, ...]) -> tuple[SecretArgs, ...]:
        names = [secret.name for secret in secrets]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"expected each secret once; named twice: {', '.join(twice)}")
        return secrets


class SecretStore(pulumi.ComponentResource):
    """Owns the secrets that External Secrets reads, their first values, their copies and their rotation.

    Answers go-live-readiness:15 and go-live-readiness:159 (secrets backend), go-live-readiness:96 (rotation within 90
    days), go-live-readiness:94 (encryption), go-live-readiness:118 (copies in the second region). A value that is made
    up here is marked secret from its birth; after the first rotation the program knows none.
    """

    arns: Mapping[str, pulumi.Output[str]]
    """Name to ARN; read-only."""
    ready: tuple[pulumi.Resource, ...]
    """What whoever reads the values waits for."""

    def __init__(self, name: str, args: SecretStoreArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("golive:aws:SecretStore", name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        rotation = Rotation(
            f"{name}-rotation",
            RotationArgs(place=args.place, prefix=args.prefix, logs_key=args.logs_key, tags=args.tags),
            self._child,
        )
        ready: list[pulumi.Resource] = []
        arns: dict[str, pulumi.Output[str]] = {}
        for secret in args.secrets:
            arns[secret.name], last = self._secret(secret, rotation)
            ready.append(last)
        self.arns, self.ready = MappingProxyType(arns), tuple(ready)
        self.register_outputs({"arns": dict(arns)})

    def _secret(self, secret: SecretArgs, rotation: Rotation) -> tuple[pulumi.Output[str], pulumi.Resource]:
        args, logical = self._args, f"{self._name}-{secret.name.replace('/', '-')}"
        kept = aws.secretsmanager.Secret(
            logical,
            name=secret.name,
            description=f"Read by {args.place.name} through External Secrets",
            kms_key_id=args.key,
            recovery_window_in_days=RECOVERY_DAYS,
            replicas=[{"region": copy.region, "kms_key_id": copy.key} for copy in args.copies],
            policy=secret_policy(args.place, args.readers),
            tags={**args.tags, **({GENERATED: " ".join(secret.generated)} if secret.generated else {})},
            opts=self._child,
        )
        if not secret.generated:
            return kept.arn, kept
        version = aws.secretsmanager.SecretVersion(
            f"{logical}-first",
            secret_id=kept.id,
            secret_string=self._values(logical, secret),
            # The first rotation replaces the value, and whoever sets one by hand has a reason.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["secretString"]),
        )
        rotated = aws.secretsmanager.SecretRotation(
            f"{logical}-rotation",
            secret_id=kept.id,
            rotation_lambda_arn=rotation.arn,
            rotation_rules={"automatically_after_days": args.rotation_days},
            rotate_immediately=False,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[version, *rotation.ready]),
        )
        return kept.arn, rotated

    def _values(self, logical: str, secret: SecretArgs) -> pulumi.Output[str]:
        """Make up the first values; together with the fixed ones they are a secret for the engine too."""
        made = {
            key: random.RandomPassword(
                f"{logical}-{key.lower().replace('_', '-')}", length=LENGTH, special=False, opts=self._child
            ).result
            for key in secret.generated
        }
        values = pulumi.Output.all(**made).apply(lambda known: json.dumps({**secret.fixed, **known}, sort_keys=True))
        return pulumi.Output.secret(values)


def secret_policy(place: Place, readers: tuple[str, ...]) -> str:
    """Deny everybody the value but its readers and the rotation, whatever their own policies allow."""
    allowed = (*readers, place.role("secret-rotation"))
    others = Statement(
        sid="OnlyReaders",
        effect="Deny",
        actions=("secretsmanager:GetSecretValue",),
        principals={"AWS": (EVERYTHING,)},
        resources=(EVERYTHING,),
        conditions={"ArnNotEquals": {"aws:PrincipalArn": allowed}},
    )
    strangers = Statement(
        sid="OnlyThisAccount",
        effect="Deny",
        actions=("secretsmanager:*",),
        principals={"AWS": (EVERYTHING,)},
        resources=(EVERYTHING,),
        conditions={"StringNotEquals": {"aws:PrincipalAccount": place.account}},
    )
    return policy(others, strangers)


def reading(place: Place, prefix: str) -> tuple[Statement, ...]:
    """Say what a reader needs: the values of this environment, and its key through Secrets Manager."""
    return (
        Statement(sid="Read", actions=READING, resources=(place.arn("secretsmanager", f"secret:{prefix}/*"),)),
        place.by_key("Decrypt", ("kms:Decrypt",), "secrets", via="secretsmanager"),
    )
