"""The audit trail: every request to AWS in every region, in files that can be proven to be whole."""

import pulumi
import pulumi_aws as aws

from components.args import Args, Awaited, Wire
from components.aws.iam import Place, Statement, policy, trust

LOG_DAYS = 731
"""Two years (go-live-readiness:95); the number is one of those that CloudWatch accepts."""


class AuditArgs(Args):
    """What is recorded, and where to."""

    place: Place
    bucket: Wire[str]
    """The name of the locked bucket; its policy needs ``trail_writer``."""
    key: Wire[str]
    """The ARN of the audit key, which CloudTrail may use."""
    log_key: Wire[str]
    """The ARN of the key for log groups."""
    watched: tuple[str, ...] = ()
    """ARNs of buckets whose objects are watched one by one: who read, wrote or deleted each."""
    organisation: bool = False
    """Whether to record all accounts of the organisation; the account has to be its management account."""
    after: Awaited = ()
    """The policy of the bucket."""
    tags: dict[str, str]


class Audit(pulumi.ComponentResource):
    """Owns the trail, and the copy of it that can be searched at once.

    Answers go-live-readiness:95 (immutable for two years), go-live-readiness:104 and optibid:64 (every API call and
    data access), new-services:211 and production:135. The files are immutable because their bucket is locked; their
    digests, which CloudTrail signs, prove that none is missing.
    """

    trail_arn: pulumi.Output[str]
    log_group: pulumi.Output[str]
    """The name of the log group that holds the same events, for alarms and searches."""

    def __init__(self, name: str, args: AuditArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("golive:aws:Audit", name, None, opts)
        logs = self._log_group(name, args)
        role, granted = self._writer(name, args)
        trail = aws.cloudtrail.Trail(
            f"{name}-trail",
            name=trail_name(args.place),
            s3_bucket_name=args.bucket,
            kms_key_id=args.key,
            is_multi_region_trail=True,
            include_global_service_events=True,
            is_organization_trail=args.organisation,
            enable_log_file_validation=True,
            enable_logging=True,
            cloud_watch_logs_group_arn=logs.arn.apply(lambda arn: f"{arn.removesuffix(':*')}:*"),
            cloud_watch_logs_role_arn=role.arn,
            advanced_event_selectors=selectors(args.watched),
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[granted, *args.after]),
        )
        self.trail_arn = trail.arn
        self.log_group = logs.name
        self.register_outputs({"trail_arn": self.trail_arn, "log_group": self.log_group})

    def _log_group(self, name: str, args: AuditArgs) -> aws.cloudwatch.LogGroup:
        return aws.cloudwatch.LogGroup(
            f"{name}-log",
            name=log_group_name(args.place),
            retention_in_days=LOG_DAYS,
            kms_key_id=args.log_key,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _writer(self, name: str, args: AuditArgs) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
        """Let CloudTrail write into the one log group."""
        role = aws.iam.Role(
            f"{name}-writer",
            name=f"{args.place.name}-trail",
            description="CloudTrail writes the audit trail into its log group",
            assume_role_policy=trust("cloudtrail.amazonaws.com", account=args.place.account),
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        streams = args.place.arn("logs", f"log-group:{log_group_name(args.place)}:log-stream:*")
        writing = Statement(sid="Write", actions=("logs:CreateLogStream", "logs:PutLogEvents"), resources=(streams,))
        granted = aws.iam.RolePolicy(
            f"{name}-writer-policy",
            role=role.name,
            policy=policy(writing),
            opts=pulumi.ResourceOptions(parent=self),
        )
        return role, granted


def trail_name(place: Place) -> str:
    """Name the trail; its ARN follows from it."""
    return f"{place.name}-audit"


def log_group_name(place: Place) -> str:
    """Name the log group of the trail."""
    return f"/aws/cloudtrail/{place.name}"


def selectors(watched: tuple[str, ...]) -> list[aws.cloudtrail.TrailAdvancedEventSelectorArgsDict]:
    """Record every management event, and what happens to the objects of the watched buckets."""
    found: list[aws.cloudtrail.TrailAdvancedEventSelectorArgsDict] = [
        {"name": "Management events", "field_selectors": [{"field": "eventCategory", "equals": ["Management"]}]}
    ]
    if watched:
        found.append(
            {
                "name": "Objects of watched buckets",
                "field_selectors": [
                    {"field": "eventCategory", "equals": ["Data"]},
                    {"field": "resources.type", "equals": ["AWS::S3::Object"]},
                    {"field": "resources.ARN", "starts_withs": [f"{bucket}/" for bucket in watched]},
                ],
            }
        )
    return found


def trail_writer(place: Place, bucket: str) -> tuple[Statement, ...]:
    """Let this environment's trail write into a bucket; for the bucket's policy."""
    source = {"StringEquals": {"aws:SourceArn": place.arn("cloudtrail", f"trail/{trail_name(place)}")}}
    service = {"Service": ("cloudtrail.amazonaws.com",)}
    return (
        Statement(
            sid="TrailChecks",
            actions=("s3:GetBucketAcl",),
            resources=(f"arn:aws:s3:::{bucket}",),
            principals=service,
            conditions=source,
        ),
        Statement(
            sid="TrailWrites",
            actions=("s3:PutObject",),
            resources=(f"arn:aws:s3:::{bucket}/AWSLogs/*",),
            principals=service,
            conditions={"StringEquals": {**source["StringEquals"], "s3:x-amz-acl": "bucket-owner-full-control"}},
        ),
    )
