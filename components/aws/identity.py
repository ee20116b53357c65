"""Who may deploy: the CI system, by a token of minutes, in a role that reads and one that writes within bounds."""

from typing import Annotated, Self

import pulumi
import pulumi_aws as aws
from pydantic import Field, field_validator, model_validator

from components.args import Args, Awaited, Wire
from components.aws.deploy_rights import boundary, deploy_rights, preview_rights
from components.aws.iam import Place, Statement, managed, policy
from settings.vocabulary import DomainName

AUDIENCE = "sts.amazonaws.com"
"""Whom the CI system's tokens are meant for."""
SESSION_SECONDS = 3600
"""How long a session lasts, the least that a role can say."""
READERS = ("job-function/ViewOnlyAccess", "SecurityAudit")
"""AWS's policies that show how things are set, and not what is stored in them."""


class StateBackend(Args):
    """Where Pulumi keeps the state, which was there before everything else."""

    bucket: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")]
    key: Annotated[str, Field(pattern=r"^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[0-9a-f-]{36}$")]
    """The ARN of the key that encrypts the bucket, and the secrets in the state."""


Subject = Annotated[str, Field(pattern=r"^[^*?\s]+$")]
"""What the CI system says a job is, whole: ``repo:254carbon/platform:environment:prod``."""


class IdentityArgs(Args):
    """Which CI system is trusted, for which jobs."""

    place: Place
    regions: Annotated[tuple[str, ...], Field(min_length=1)]
    """Where the environment has anything: its region, the second one, us-east-1 for what CloudFront uses."""
    issuer: DomainName
    """The host that signs the tokens, for example ``token.actions.githubusercontent.com``."""
    provider_exists: bool = False
    """Whether another stack of the account has made the OIDC provider for the issuer; an account has one for each."""
    preview: Annotated[tuple[Subject, ...], Field(min_length=1)]
    """Jobs that may preview."""
    deploy: Annotated[tuple[Subject, ...], Field(min_length=1)]
    """Jobs that may deploy: those that a person has approved."""
    state: StateBackend
    tags: dict[str, str]

    @field_validator("preview", "deploy")
    @classmethod
    def _once(cls, subjects: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(subjects)) != len(subjects):
            raise ValueError("expected each job once")
        return subjects

    @model_validator(mode="after")
    def _apart(self) -> Self:
        both = sorted(set(self.preview) & set(self.deploy))
        if both:
            raise ValueError(f"expected jobs that either preview or deploy; found in both: {', '.join(both)}")
        return self


class Identity(pulumi.ComponentResource):
    """Owns the trust in the CI system, its two roles, and the boundary of every role that it makes.

    Answers go-live-readiness:102 and optibid:56 (least privilege), optibid:61 and go-live-readiness:124. There is no
    user and no access key: the CI system shows a signed token and gets credentials for an hour. Whoever sets the
    environment up deploys these first, as an administrator; the role that deploys can't change itself.
    """

    preview_role_arn: pulumi.Output[str]
    """Reads how everything is set, and the state; writes nothing."""
    deploy_role_arn: pulumi.Output[str]
    """Makes and changes this environment's resources, and only roles within the boundary."""
    bound: pulumi.Resource
    """The policy of the boundary, which has to be there before the first role."""
    boundary_arn: pulumi.Output[str]
    """What no role of this environment can go beyond, whatever its policies say."""

    def __init__(self, name: str, args: IdentityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("golive:aws:Identity", name, None, opts)
        trusted: Awaited = () if args.provider_exists else (self._issuer(name, args),)
        bound = self._policy(name, args, "boundary", boundary(args.place, args.regions))
        preview = self._role(name, args, "preview", args.preview, trusted)
        deploy = self._role(name, args, "deploy", args.deploy, trusted)
        for reader in READERS:
            self._attach(name, preview, f"preview-{reader.rpartition('/')[2]}", managed(reader))
            self._attach(name, deploy, f"deploy-{reader.rpartition('/')[2]}", managed(reader))
        reading = self._policy(name, args, "preview", preview_rights(args.state.bucket, args.state.key))
        self._attach(name, preview, "preview-state", reading.arn)
        for part, statements in deploy_rights(args.place, args.regions, args.state.bucket, args.state.key).items():
            granted = self._policy(name, args, f"deploy-{part}", statements)
            self._attach(name, deploy, f"deploy-{part}", granted.arn)
        self.preview_role_arn = preview.arn
        self.deploy_role_arn = deploy.arn
        self.bound = bound
        self.boundary_arn = bound.arn
        self.register_outputs(
            {
                "preview_role_arn": self.preview_role_arn,
                "deploy_role_arn": self.deploy_role_arn,
                "boundary_arn": self.boundary_arn,
            }
        )

    def _issuer(self, name: str, args: IdentityArgs) -> aws.iam.OpenIdConnectProvider:
        return aws.iam.OpenIdConnectProvider(
            f"{name}-provider",
            url=f"https://{args.issuer}",
            client_id_lists=[AUDIENCE],
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _role(
        self, name: str, args: IdentityArgs, purpose: str, subjects: tuple[str, ...], after: Awaited
    ) -> aws.iam.Role:
        return aws.iam.Role(
            f"{name}-{purpose}",
            name=f"{args.place.name}-ci-{purpose}",
            description=f"Jobs of {args.issuer} that {purpose}",
            assume_role_policy=token_trust(args.place.account, args.issuer, subjects),
            max_session_duration=SESSION_SECONDS,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(after)),
        )

    def _policy(self, name: str, args: IdentityArgs, purpose: str, statements: tuple[Statement, ...]) -> aws.iam.Policy:
        return aws.iam.Policy(
            f"{name}-{purpose}-policy",
            name=f"{args.place.name}-{purpose}" if purpose == "boundary" else f"{args.place.name}-ci-{purpose}",
            policy=policy(*statements),
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _attach(self, name: str, role: aws.iam.Role, purpose: str, policy_arn: Wire[str]) -> None:
        aws.iam.RolePolicyAttachment(
            f"{name}-{purpose}",
            role=role.name,
            policy_arn=policy_arn,
            opts=pulumi.ResourceOptions(parent=self),
        )


def token_trust(account: str, issuer: str, subjects: tuple[str, ...]) -> str:
    """Trust tokens of one issuer, meant for AWS, for exactly these jobs."""
    return policy(
        Statement(
            sid="Jobs",
            actions=("sts:AssumeRoleWithWebIdentity",),
            principals={"Federated": (f"arn:aws:iam::{account}:oidc-provider/{issuer}",)},
            conditions={"StringEquals": {f"{issuer}:aud": AUDIENCE, f"{issuer}:sub": subjects}},
        )
    )
