"""The buckets of an environment, and their copies in the second region."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any

import pulumi
import pulumi_aws as aws
from pydantic import Field, SkipValidation, model_validator

from components.args import Args, Wire
from components.aws.bucket import LOCKED_LEAST, LONGEST_NAME, Bucket, BucketArgs, bucket_name
from components.aws.iam import Place, Statement, policy, trust
from settings.vocabulary import DnsLabel

ACCESS_LOGS = "access-logs"
"""The bucket that records who read what in the others."""
CLOUDFRONT = "us-east-1"
"""Where CloudFront hands over its logs, whatever the bucket's region."""
ACCESS_LOG_DAYS = 731
"""How long that is kept: as long as the audit trail (go-live-readiness:104)."""


class Wanted(Args):
    """One bucket: what it holds, what encrypts it, how long it is locked or kept."""

    purpose: DnsLabel
    key: DnsLabel
    """The purpose of its key."""
    lock_days: Annotated[int, Field(ge=LOCKED_LEAST)] | None = None
    expire_days: Annotated[int, Field(ge=1)] | None = None
    copied: bool = True
    """Whether the second region holds a copy."""
    allow: tuple[Statement, ...] = ()
    """What AWS services may do in it."""


class Copies(Args):
    """The second region, its provider and its keys."""

    place: Place
    provider: Annotated[pulumi.ProviderResource, SkipValidation]
    keys: Mapping[str, Wire[str]]
    """Purpose to the ARN of the key there."""


class BucketsArgs(Args):
    """Which buckets there are, and where their copies lie."""

    place: Place
    buckets: Annotated[tuple[Wanted, ...], Field(min_length=1)]
    keys: Mapping[str, Wire[str]]
    """Purpose to the ARN of the key."""
    copies: Copies | None = None
    tags: Mapping[str, str]

    @model_validator(mode="after")
    def _names(self) -> "BucketsArgs":
        for place in (self.place, *([self.copies.place] if self.copies else [])):
            for purpose in (ACCESS_LOGS, *(wanted.purpose for wanted in self.buckets)):
                if len(bucket_name(place, purpose)) > LONGEST_NAME:
                    raise ValueError(
                        f"expected a shorter name than {place.name}: {bucket_name(place, purpose)} is too long"
                    )
        if self.copies and self.copies.place.region == self.place.region:
            raise ValueError(f"expected copies in another region than {self.place.region}")
        return self


class Buckets(pulumi.ComponentResource):
    """Owns the buckets, the record of who read what in them, and their copies in another region.

    Answers go-live-readiness:116 and go-live-readiness:117 (object storage with cross-region replication),
    go-live-readiness:95 (immutable audit trail) and go-live-readiness:104. A copy is encrypted with the other region's
    key, and takes over the lock of its source.
    """

    names: Mapping[str, pulumi.Output[str]]
    """Purpose to name, known in a preview; read-only."""
    arns: Mapping[str, str]
    """Purpose to ARN, known in a preview; read-only."""
    takes_logs: tuple[pulumi.Resource, ...]
    """What whoever writes access logs waits for, in either region."""
    ready: Mapping[str, tuple[pulumi.Resource, ...]]
    """Purpose to what whoever writes there waits for; read-only."""

    def __init__(self, name: str, args: BucketsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("golive:aws:Buckets", name, None, opts)
        own = self._region(name, args, args.place, args.keys, pulumi.ResourceOptions(parent=self))
        takes_logs = own[ACCESS_LOGS].ready
        if args.copies is not None:
            there = pulumi.ResourceOptions(parent=self, providers=[args.copies.provider])
            copies = self._region(f"{name}-copy", args, args.copies.place, args.copies.keys, there)
            self._copy(name, args, args.copies, own, copies)
            takes_logs = (*takes_logs, *copies[ACCESS_LOGS].ready)
        self.takes_logs = takes_logs
        self.names = MappingProxyType({purpose: bucket.bucket for purpose, bucket in own.items()})
        self.arns = MappingProxyType({purpose: bucket.arn for purpose, bucket in own.items()})
        self.ready = MappingProxyType({purpose: bucket.ready for purpose, bucket in own.items()})
        self.register_outputs({"names": dict(self.names), "arns": dict(self.arns)})

    def _region(
        self,
        name: str,
        args: BucketsArgs,
        place: Place,
        keys: Mapping[str, Wire[str]],
        opts: pulumi.ResourceOptions,
    ) -> dict[str, Bucket]:
        """Make all buckets of one region: in the second, only those that are copied."""
        second = place is not args.place
        logs = Bucket(
            f"{name}-{ACCESS_LOGS}",
            BucketArgs(
                place=place,
                purpose=ACCESS_LOGS,
                key=None,
                expire_days=ACCESS_LOG_DAYS,
                allow=log_writers(place),
                tags=args.tags,
            ),
            opts,
        )
        made = {ACCESS_LOGS: logs}
        for wanted in args.buckets:
            if wanted.copied or not second:
                asked = BucketArgs(
                    place=place,
                    purpose=wanted.purpose,
                    key=keys[wanted.key],
                    lock_days=wanted.lock_days,
                    expire_days=wanted.expire_days,
                    access_logs=logs.bucket,
                    after=logs.ready,
                    allow=() if second else wanted.allow,
                    tags=args.tags,
                )
                made[wanted.purpose] = Bucket(f"{name}-{wanted.purpose}", asked, opts)
        return made

    def _copy(
        self, name: str, args: BucketsArgs, copies: Copies, own: Mapping[str, Bucket], theirs: Mapping[str, Bucket]
    ) -> None:
        """Copy every new object, with its tags and its deletion markers, to the other region."""
        copied = [wanted for wanted in args.buckets if wanted.copied]
        role = aws.iam.Role(
            f"{name}-copy-role",
            name=f"{args.place.name}-bucket-copies",
            description=f"Copies the buckets of {args.place.name} to {copies.place.region}",
            assume_role_policy=trust("s3.amazonaws.com"),
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        granted = aws.iam.RolePolicy(
            f"{name}-copy-policy",
            role=role.name,
            policy=policy(*copy_rights(args.place, copies.place, copied)),
            opts=pulumi.ResourceOptions(parent=self),
        )
        for wanted in copied:
            source, target = own[wanted.purpose], theirs[wanted.purpose]
            aws.s3.BucketReplicationConfig(
                f"{name}-{wanted.purpose}-copy",
                bucket=source.bucket,
                role=role.arn,
                rules=[_rule(target.arn, copies.keys[wanted.key])],
                opts=pulumi.ResourceOptions(parent=self, depends_on=[granted, *source.ready, *target.ready]),
            )


def _rule(target: str, key: Wire[str]) -> Any:  # noqa: ANN401  # one rule, in the provider's words
    return {
        "id": "everything",
        "status": "Enabled",
        "priority": 1,
        "filter": {"prefix": ""},
        "delete_marker_replication": {"status": "Enabled"},
        "source_selection_criteria": {"sse_kms_encrypted_objects": {"status": "Enabled"}},
        "destination": {
            "bucket": target,
            "storage_class": "STANDARD",
            "encryption_configuration": {"replica_kms_key_id": key},
        },
    }


def copy_rights(here: Place, there: Place, copied: list[Wanted]) -> tuple[Statement, ...]:
    """Say what the copying role may do: read here, write there, with the keys of both."""
    sources = tuple(f"arn:aws:s3:::{bucket_name(here, wanted.purpose)}" for wanted in copied)
    targets = tuple(f"arn:aws:s3:::{bucket_name(there, wanted.purpose)}/*" for wanted in copied)
    keys = tuple(dict.fromkeys(wanted.key for wanted in copied))
    return (
        Statement(sid="List", actions=("s3:GetReplicationConfiguration", "s3:ListBucket"), resources=sources),
        Statement(
            sid="Read",
            actions=(
                "s3:GetObjectLegalHold",
                "s3:GetObjectRetention",
                "s3:GetObjectVersionAcl",
                "s3:GetObjectVersionForReplication",
                "s3:GetObjectVersionTagging",
            ),
            resources=tuple(f"{source}/*" for source in sources),
        ),
        Statement(
            sid="Write", actions=("s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags"), resources=targets
        ),
        *(here.by_key(f"Decrypt{key.title()}", ("kms:Decrypt",), key, via="s3") for key in keys),
        *(there.by_key(f"Encrypt{key.title()}", ("kms:Encrypt", "kms:GenerateDataKey"), key, via="s3") for key in keys),
    )


def log_writers(place: Place) -> tuple[Statement, ...]:
    """Let S3, load balancers and CloudFront write their access logs, on behalf of this account's alone."""
    bucket = f"arn:aws:s3:::{bucket_name(place, ACCESS_LOGS)}"
    ours = {"aws:SourceAccount": place.account}
    return (
        _log_delivery(place),
        Statement(
            sid="LoadBalancers",
            actions=("s3:PutObject",),
            principals={"Service": ("logdelivery.elasticloadbalancing.amazonaws.com",)},
            resources=(f"{bucket}/*/AWSLogs/{place.account}/*",),
            conditions={
                "ArnLike": {"aws:SourceArn": place.arn("elasticloadbalancing", "loadbalancer/*")},
            },
        ),
        Statement(
            sid="CloudFront",
            actions=("s3:PutObject",),
            principals={"Service": ("delivery.logs.amazonaws.com",)},
            resources=(f"{bucket}/AWSLogs/{place.account}/CloudFront/*",),
            conditions={
                "ArnLike": {"aws:SourceArn": f"arn:aws:logs:{CLOUDFRONT}:{place.account}:delivery-source:*"},
                "StringEquals": {**ours, "s3:x-amz-acl": "bucket-owner-full-control"},
            },
        ),
    )


def _log_delivery(place: Place) -> Statement:
    """Let S3 write its access logs, on behalf of this account's buckets alone."""
    return Statement(
        sid="AccessLogs",
        actions=("s3:PutObject",),
        principals={"Service": ("logging.s3.amazonaws.com",)},
        resources=(f"arn:aws:s3:::{bucket_name(place, ACCESS_LOGS)}/*",),
        conditions={
            "ArnLike": {"aws:SourceArn": f"arn:aws:s3:::{place.name}-*"},
            "StringEquals": {"aws:SourceAccount": place.account},
        },
    )
