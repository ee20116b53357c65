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


@dataclass(frozen=True, kw_only=True)
class Region:
    """One region: its provider, and its keys by purpose."""

    place: Place
    opts: pulumi.ResourceOptions
    """Options of whatever lies there."""
    provider: aws.Provider
    keys: Mapping[str, pulumi.Output[str]]
    tags: dict[str, str]


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


def provider(name: str, place: Place, tags: Mapping[str, str]) -> aws.Provider:
    """Make the provider of one region; a preview with it needs no credentials."""
    return aws.Provider(
        name,
        region=place.region,
        allowed_account_ids=[place.account],
        default_tags={"tags": tags},
        skip_credentials_validation=True,
    )


def region(
    suffix: str,
    place: Place,
    through: aws.Provider,
    purposes: tuple[Purpose, ...],
    tags: dict[str, str],
    bounds: pulumi.ResourceTransformation,
) -> Region:
    """Make the keys of one region, and say how everything else there is made."""
    opts = pulumi.ResourceOptions(providers=[through], transformations=[bounds])
    keys = Keys(f"keys{suffix}", KeysArgs(place=place, purposes=purposes, tags=tags), opts)
    return Region(place=place, opts=opts, provider=through, keys=keys.arns, tags=tags)


def bounded(boundary: str, after: pulumi.Resource) -> pulumi.ResourceTransformation:
    """Bound every role that is made with these options, wherever in the tree: whoever deploys may make no other."""

    def transform(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if args.type_ != ROLE:
            return None
        props = {**args.props, "permissions_boundary": boundary}
        merged = pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(depends_on=[after]))
        return pulumi.ResourceTransformationResult(props=props, opts=merged)

    return transform
