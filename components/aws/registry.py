"""The registry of container images: a tag means one image for ever, and each image is scanned when it arrives."""

import json
from collections.abc import Mapping
from typing import Annotated

import pulumi
import pulumi_aws as aws
from pydantic import Field, field_validator

from components.args import Args, Wire
from components.aws.iam import Place, Statement, policy
from settings.vocabulary import AwsRegion

KEPT = 100
"""How many released images a repository keeps: years of releases, so that a rollback finds its image."""
UNTAGGED_DAYS = 14
"""How long an image without a tag stays."""
LONGEST_PATH = 256

RepositoryPath = Annotated[str, Field(pattern=r"^[a-z0-9]+([._/-][a-z0-9]+)*$", max_length=LONGEST_PATH)]
"""The path of an image without registry and tag: ``254carbon/marketplace``."""

PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
"""What it takes to pull."""


class RegistryArgs(Args):
    """Which repositories there are, what encrypts them, and where their images are copied to."""

    place: Place
    repositories: Annotated[tuple[RepositoryPath, ...], Field(min_length=1)]
    key: Wire[str]
    """The ARN of the key for images."""
    copies: tuple[AwsRegion, ...] = ()
    """Regions that hold a copy of every image."""
    tags: Mapping[str, str]

    @field_validator("repositories")
    @classmethod
    def _different(cls, repositories: tuple[str, ...]) -> tuple[str, ...]:
        twice = sorted({path for path in repositories if repositories.count(path) > 1})
        if twice:
            raise ValueError(f"expected each repository once; named twice: {', '.join(twice)}")
        return repositories


class Registry(pulumi.ComponentResource):
    """Owns a repository for each image, how long images stay, the scanning of all, and their copies in other regions.

    Answers production:41 (no moving tags), go-live-readiness:103 and production:20 (container scanning),
    go-live-readiness:94 (encryption) and go-live-readiness:118 (images outlive a region).
    """

    urls: Mapping[str, pulumi.Output[str]]
    """Path to the address under which it is pushed and pulled; read-only."""

    def __init__(self, name: str, args: RegistryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("golive:aws:Registry", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.urls = {path: self._repository(name, path, args) for path in args.repositories}
        aws.ecr.RegistryScanningConfiguration(
            f"{name}-scanning",
            scan_type="ENHANCED",
            rules=[
                {
                    "scan_frequency": "CONTINUOUS_SCAN",
                    "repository_filters": [{"filter": "*", "filter_type": "WILDCARD"}],
                }
            ],
            opts=child,
        )
        if args.copies:
            account = args.place.account
            aws.ecr.ReplicationConfiguration(
                f"{name}-copies",
                replication_configuration={
                    "rules": [{"destinations": [{"region": region, "registry_id": account} for region in args.copies]}]
                },
                opts=child,
            )
        self.register_outputs({"urls": self.urls})

    def _repository(self, name: str, path: str, args: RegistryArgs) -> pulumi.Output[str]:
        logical = f"{name}-{path.replace('/', '-')}"
        child = pulumi.ResourceOptions(parent=self)
        repository = aws.ecr.Repository(
            logical,
            name=path,
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration={"scan_on_push": True},
            encryption_configurations=[{"encryption_type": "KMS", "kms_key": args.key}],
            force_delete=False,
            tags=args.tags,
            opts=child,
        )
        aws.ecr.LifecyclePolicy(f"{logical}-lifecycle", repository=repository.name, policy=LIFECYCLE, opts=child)
        aws.ecr.RepositoryPolicy(
            f"{logical}-policy", repository=repository.name, policy=repository_policy(args.place.account), opts=child
        )
        return repository.repository_url


def repository_policy(account: str) -> str:
    """Let this account's roles pull as far as their own policies go, and nobody else."""
    pull = Statement(sid="Pull", actions=PULL, principals={"AWS": (f"arn:aws:iam::{account}:root",)})
    return policy(pull)


LIFECYCLE = json.dumps(
    {
        "rules": [
            {
                "rulePriority": 1,
                "description": "images that lost their tag",
                "selection": {
                    "tagStatus": "untagged",
                    "countType": "sinceImagePushed",
                    "countUnit": "days",
                    "countNumber": UNTAGGED_DAYS,
                },
                "action": {"type": "expire"},
            },
            {
                "rulePriority": 2,
                "description": "all but the newest releases",
                "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": KEPT},
                "action": {"type": "expire"},
            },
        ]
    }
)
"""What leaves a repository by itself."""
