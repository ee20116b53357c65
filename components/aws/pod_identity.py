"""A role for one service account, taken on through EKS Pod Identity and nothing else."""

from collections.abc import Mapping
from typing import Annotated

import pulumi
import pulumi_aws as aws
from pydantic import Field

from components.args import Args, Wire
from components.aws.iam import Place, Statement, pod_trust, policy
from settings.vocabulary import DnsLabel


class PodIdentityArgs(Args):
    """Which service account may do what."""

    place: Place
    cluster: Wire[str]
    """The name of the cluster."""
    namespace: DnsLabel
    service_account: DnsLabel
    role: DnsLabel
    """The last part of the role's name."""
    statements: tuple[Statement, ...] = ()
    """What the service account needs; no more."""
    managed: tuple[str, ...] = ()
    """ARNs of policies that AWS keeps for the software it ships itself."""
    associate: bool = True
    """Whether to bind role and account here; an EKS add-on binds its own."""
    tags: Annotated[Mapping[str, str], Field(min_length=1)]


class PodIdentity(pulumi.ComponentResource):
    """Owns the role of one service account, its policy, and the bond between the two.

    Answers go-live-readiness:102 (least privilege for all service accounts). No key is kept anywhere: the agent on the
    node hands out credentials of an hour.
    """

    role_arn: pulumi.Output[str]
    """The role's ARN."""
    granted: tuple[pulumi.Resource, ...]
    """What whoever needs the rights waits for."""

    def __init__(self, name: str, args: PodIdentityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("golive:aws:PodIdentity", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        role = aws.iam.Role(
            f"{name}-role",
            name=f"{args.place.name}-{args.role}",
            description=f"{args.namespace}/{args.service_account} in {args.place.name}",
            assume_role_policy=pod_trust(args.place.account),
            tags=args.tags,
            opts=child,
        )
        granted: list[pulumi.Resource] = []
        if args.statements:
            own = aws.iam.RolePolicy(f"{name}-policy", role=role.name, policy=policy(*args.statements), opts=child)
            granted.append(own)
        for arn in args.managed:
            last = arn.rpartition("/")[2]
            granted.append(aws.iam.RolePolicyAttachment(f"{name}-{last}", role=role.name, policy_arn=arn, opts=child))
        if args.associate:
            granted.append(
                aws.eks.PodIdentityAssociation(
                    f"{name}-association",
                    cluster_name=args.cluster,
                    namespace=args.namespace,
                    service_account=args.service_account,
                    role_arn=role.arn,
                    tags=args.tags,
                    opts=pulumi.ResourceOptions(parent=self, depends_on=list(granted)),
                )
            )
        self.role_arn, self.granted = role.arn, tuple(granted)
        self.register_outputs({"role_arn": self.role_arn})
