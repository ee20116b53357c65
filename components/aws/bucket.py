"""One bucket as it should be: private, encrypted, versioned, over TLS only, with a record of who read what."""

from collections.abc import Mapping
from typing import Annotated

import pulumi
import pulumi_aws as aws
from pydantic import Field

from components.args import Args, Awaited, Wire
from components.aws.iam import EVERYTHING, Place, Statement, policy
from settings.vocabulary import DnsLabel

LOCKED_LEAST = 730
"""The fewest days of an audit lock (go-live-readiness:95)."""
ABORT_DAYS = 7
"""When an upload that nobody finished is thrown away."""
ARCHIVE_DAYS = 90
"""When a locked object moves to cheaper storage."""
LONGEST_NAME = 63


class BucketArgs(Args):
    """What a bucket holds and how long."""

    place: Place
    purpose: DnsLabel
    """What it holds, the last part of its name."""
    key: Wire[str] | None
    """The ARN of its key; none means AES-256 with keys of S3 itself, all that a bucket for access logs can have."""
    lock_days: Annotated[int, Field(ge=LOCKED_LEAST)] | None = None
    """How many days nobody, not even the account's root, can delete or change an object."""
    expire_days: Annotated[int, Field(ge=1)] | None = None
    """When objects are deleted; never, when absent."""
    noncurrent_days: Annotated[int, Field(ge=1)] = 90
    """How long overwritten and deleted objects can be had back."""
    access_logs: Wire[str] | None = None
    """The name of the bucket that records who read what; absent for that bucket itself."""
    after: Awaited = ()
    """What the bucket for access logs needs before it can take any."""
    allow: tuple[Statement, ...] = ()
    """What AWS services may do here, beside what the account's own roles may."""
    tags: Mapping[str, str]

    @property
    def name(self) -> str:
        """Its name, which no other bucket in the world has."""
        return bucket_name(self.place, self.purpose)


def bucket_name(place: Place, purpose: str) -> str:
    """Give the name of a bucket: ``golive-prod-audit-111122223333-us-east-1``."""
    return f"{place.name}-{purpose}-{place.account}-{place.region}"


class Bucket(pulumi.ComponentResource):
    """Owns a bucket and the nine resources that keep it private, whole and recorded.

    Answers go-live-readiness:94 (AES-256), go-live-readiness:95 (immutable for two years, with ``lock_days``) and
    go-live-readiness:97; old versions can be had back (production:11).
    """

    bucket: pulumi.Output[str]
    """The bucket's name, known in a preview."""
    arn: str
    """The bucket's ARN, known in a preview."""
    ready: tuple[pulumi.Resource, ...]
    """What whoever writes to it waits for."""

    def __init__(self, name: str, args: BucketArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("golive:aws:Bucket", name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        bucket = aws.s3.Bucket(
            name,
            bucket=args.name,
            object_lock_enabled=args.lock_days is not None,
            force_destroy=False,
            tags={**args.tags, "Name": args.name},
            opts=self._child,
        )
        self.bucket, self.arn = bucket.bucket, f"arn:aws:s3:::{args.name}"
        versioning = self._versioning()
        self.ready = (bucket, *self._closed(), versioning, self._encryption(), self._lifecycle(versioning))
        self._lock(versioning)
        if args.access_logs is not None:
            aws.s3.BucketLogging(
                f"{name}-access-logs",
                bucket=self.bucket,
                target_bucket=args.access_logs,
                target_prefix=f"{args.purpose}/",
                opts=pulumi.ResourceOptions(parent=self, depends_on=list(args.after)),
            )
        self.register_outputs({"bucket": self.bucket, "arn": self.arn})

    def _closed(self) -> tuple[pulumi.Resource, ...]:
        """Shut every way in which a bucket could become public, and refuse what does not come over TLS."""
        block = aws.s3.BucketPublicAccessBlock(
            f"{self._name}-private",
            bucket=self.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self._child,
        )
        owner = aws.s3.BucketOwnershipControls(
            f"{self._name}-owner",
            bucket=self.bucket,
            rule={"object_ownership": "BucketOwnerEnforced"},
            opts=self._child,
        )
        document = aws.s3.BucketPolicy(
            f"{self._name}-policy",
            bucket=self.bucket,
            policy=bucket_policy(self.arn, self._args.allow),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[block]),
        )
        return (block, owner, document)

    def _versioning(self) -> aws.s3.BucketVersioning:
        return aws.s3.BucketVersioning(
            f"{self._name}-versions",
            bucket=self.bucket,
            versioning_configuration={"status": "Enabled"},
            opts=self._child,
        )

    def _encryption(self) -> aws.s3.BucketServerSideEncryptionConfiguration:
        key = self._args.key
        default: aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgsDict = (
            {"sse_algorithm": "AES256"} if key is None else {"sse_algorithm": "aws:kms", "kms_master_key_id": key}
        )
        return aws.s3.BucketServerSideEncryptionConfiguration(
            f"{self._name}-encryption",
            bucket=self.bucket,
            rules=[{"apply_server_side_encryption_by_default": default, "bucket_key_enabled": key is not None}],
            opts=self._child,
        )

    def _lifecycle(self, versioning: pulumi.Resource) -> aws.s3.BucketLifecycleConfiguration:
        """Forget uploads that broke off and versions that are old, and move what is locked to cheaper storage."""
        args = self._args
        rules: list[aws.s3.BucketLifecycleConfigurationRuleArgsDict] = [
            {
                "id": "tidy",
                "status": "Enabled",
                "filter": {"prefix": ""},
                "abort_incomplete_multipart_upload": {"days_after_initiation": ABORT_DAYS},
                "noncurrent_version_expiration": {"noncurrent_days": args.noncurrent_days},
            }
        ]
        if args.expire_days is not None:
            expire: aws.s3.BucketLifecycleConfigurationRuleArgsDict = {
                "id": "expire",
                "status": "Enabled",
                "filter": {"prefix": ""},
                "expiration": {"days": args.expire_days},
            }
            rules.append(expire)
        if args.lock_days is not None:
            archive: aws.s3.BucketLifecycleConfigurationRuleArgsDict = {
                "id": "archive",
                "status": "Enabled",
                "filter": {"prefix": ""},
                "transitions": [{"days": ARCHIVE_DAYS, "storage_class": "GLACIER_IR"}],
            }
            rules.append(archive)
        return aws.s3.BucketLifecycleConfiguration(
            f"{self._name}-lifecycle",
            bucket=self.bucket,
            rules=rules,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[versioning]),
        )

    def _lock(self, versioning: pulumi.Resource) -> None:
        """Keep each object from everybody for as long as was asked; compliance mode knows no exception."""
        if self._args.lock_days is not None:
            aws.s3.BucketObjectLockConfiguration(
                f"{self._name}-lock",
                bucket=self.bucket,
                rule={"default_retention": {"mode": "COMPLIANCE", "days": self._args.lock_days}},
                opts=pulumi.ResourceOptions(parent=self, depends_on=[versioning]),
            )


def bucket_policy(arn: str, allow: tuple[Statement, ...]) -> str:
    """Write a bucket's policy: nothing without TLS 1.2 at least, and what services may do."""
    both = (arn, f"{arn}/*")
    everybody = {"AWS": (EVERYTHING,)}
    plain = Statement(
        sid="DenyPlainText",
        effect="Deny",
        actions=("s3:*",),
        principals=everybody,
        resources=both,
        conditions={"Bool": {"aws:SecureTransport": "false"}},
    )
    old = Statement(
        sid="DenyOldTls",
        effect="Deny",
        actions=("s3:*",),
        principals=everybody,
        resources=both,
        conditions={"NumericLessThan": {"s3:TlsVersion": "1.2"}},
    )
    return policy(plain, old, *allow)
