"""What watches an account: GuardDuty for intruders, Inspector for known holes, Access Analyzer for what is open."""

from typing import Annotated

import pulumi
import pulumi_aws as aws
from pydantic import Field

from components.args import Args
from settings.amazon import AwsAccount
from settings.vocabulary import AwsRegion

FEATURES = (
    "S3_DATA_EVENTS",
    "EKS_AUDIT_LOGS",
    "EBS_MALWARE_PROTECTION",
    "RDS_LOGIN_EVENTS",
    "RUNTIME_MONITORING",
)
"""What GuardDuty looks at beside its own sources."""
SCANNED = ("EC2", "ECR")
"""What Inspector scans: nodes, and images again whenever a new hole becomes known."""


class DetectionArgs(Args):
    """Which account is watched, and where."""

    account: AwsAccount
    regions: Annotated[tuple[AwsRegion, ...], Field(min_length=1)]
    """Every region that anything stands in."""
    name: str
    """The first part of every name."""
    tags: dict[str, str]


class Detection(pulumi.ComponentResource):
    """Owns the account's detectors and its defaults; an account has them once, so one stack of each account makes them.

    Answers go-live-readiness:103, production:20, new-services:118 and new-services:208 (security scanning),
    go-live-readiness:202 (critical vulnerabilities are found) and go-live-readiness:94 (disks are encrypted even where
    somebody forgets to ask).
    """

    detectors: dict[str, pulumi.Output[str]]
    """By region, the id of GuardDuty's detector."""

    def __init__(self, name: str, args: DetectionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("golive:aws:Detection", name, None, opts)
        self.detectors = {region: self._guard_duty(name, args, region) for region in args.regions}
        for region in args.regions:
            self._region(name, args, region)
        aws.s3.AccountPublicAccessBlock(
            f"{name}-buckets",
            account_id=args.account,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({"detectors": self.detectors})

    def _guard_duty(self, name: str, args: DetectionArgs, region: str) -> pulumi.Output[str]:
        detector = aws.guardduty.Detector(
            f"{name}-{region}-detector",
            enable=True,
            finding_publishing_frequency="FIFTEEN_MINUTES",
            region=region,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        for feature in FEATURES:
            aws.guardduty.DetectorFeature(
                f"{name}-{region}-{feature.lower().replace('_', '-')}",
                detector_id=detector.id,
                name=feature,
                status="ENABLED",
                additional_configurations=_agents(feature),
                region=region,
                opts=pulumi.ResourceOptions(parent=self),
            )
        return detector.id

    def _region(self, name: str, args: DetectionArgs, region: str) -> None:
        aws.inspector2.Enabler(
            f"{name}-{region}-inspector",
            account_ids=[args.account],
            resource_types=list(SCANNED),
            region=region,
            opts=pulumi.ResourceOptions(parent=self),
        )
        aws.accessanalyzer.Analyzer(
            f"{name}-{region}-analyzer",
            analyzer_name=f"{args.name}-{region}",
            type="ACCOUNT",
            region=region,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        aws.ebs.EncryptionByDefault(
            f"{name}-{region}-disks",
            enabled=True,
            region=region,
            opts=pulumi.ResourceOptions(parent=self),
        )


def _agents(feature: str) -> list[aws.guardduty.DetectorFeatureAdditionalConfigurationArgsDict] | None:
    """Let GuardDuty keep its agent on the nodes by itself."""
    if feature != "RUNTIME_MONITORING":
        return None
    return [{"name": "EKS_ADDON_MANAGEMENT", "status": "ENABLED"}]
