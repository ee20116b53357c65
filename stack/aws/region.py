"""One region of an environment: its provider, its keys, its tags, and the bounds of every role that is made for it."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.aws.iam import Place
from components.aws.keys import Keys, KeysArgs, Purpose
from settings.foundation import Aws
from settings.models import Settings

MANAGER = "golive"
PLATFORM = "platform"
"""The product that everything belongs to which no single product owns."""
ROLE = "aws:iam/role:Role"
NOBODY = "nobody"
"""What stands for a key where none is needed; the ordinary provider starts with no empty one."""


@dataclass(frozen=True, kw_only=True)
class Providers:
    """How the providers of all regions are set."""

    tags: dict[str, str]
    credentials: bool
    """Whether they may ask AWS who they are; if not, they can preview and nothing else."""

    def of(self, name: str, place: Place) -> aws.Provider:
        """Make the provider of one region, which refuses every account but the place's."""
        if self.credentials:
            return aws.Provider(
                name,
                region=place.region,
                allowed_account_ids=[place.account],
                default_tags={"tags": self.tags},
                skip_credentials_validation=True,
            )
        return aws.Provider(
            name,
            region=place.region,
            default_tags={"tags": self.tags},
            access_key=NOBODY,
            secret_key=NOBODY,
            skip_credentials_validation=True,
            skip_metadata_api_check=True,
            skip_region_validation=True,
            skip_requesting_account_id=True,
        )


@dataclass(frozen=True, kw_only=True)
class Region:
    """One region: its provider, and its keys by purpose."""

    place: Place
    opts: pulumi.ResourceOptions
    """Options of whatever lies there."""
    provider: aws.Provider
    keys: Mapping[str, pulumi.Output[str]]
    tags: dict[str, str]
    providers: Providers
    """For whatever has to lie in yet another region."""


def tags_of(settings: Settings, wanted: Aws) -> dict[str, str]:
    """Say on every resource whose it is, what it is for, how secret its data is and who pays."""
    return {
        "product": PLATFORM,
        "owner": settings.owner,
        "environment": settings.environment,
        "data-class": wanted.data_class,
        "cost-centre": wanted.cost_centre,
        "managed-by": MANAGER,
    }


def region(
    suffix: str,
    place: Place,
    through: aws.Provider,
    purposes: tuple[Purpose, ...],
    providers: Providers,
    bounds: pulumi.ResourceTransformation,
) -> Region:
    """Make the keys of one region, and say how everything else there is made."""
    opts = pulumi.ResourceOptions(providers=[through], transformations=[bounds])
    keys = Keys(f"keys{suffix}", KeysArgs(place=place, purposes=purposes, tags=providers.tags), opts)
    return Region(place=place, opts=opts, provider=through, keys=keys.arns, tags=providers.tags, providers=providers)


def awaiting(types: tuple[str, ...], after: tuple[pulumi.Resource, ...]) -> pulumi.ResourceTransformation:
    """Let resources of some types wait for others, wherever in the tree."""

    def transform(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if args.type_ not in types:
            return None
        merged = pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(depends_on=list(after)))
        return pulumi.ResourceTransformationResult(props=args.props, opts=merged)

    return transform


def bounded(boundary: str, after: pulumi.Resource) -> pulumi.ResourceTransformation:
    """Bound every role that is made with these options, wherever in the tree: whoever deploys may make no other."""

    def transform(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if args.type_ != ROLE:
            return None
        props = {**args.props, "permissions_boundary": boundary}
        merged = pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(depends_on=[after]))
        return pulumi.ResourceTransformationResult(props=props, opts=merged)

    return transform
