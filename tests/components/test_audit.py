"""Every request is recorded whole, and the account is watched in every region."""

import json
from typing import Any

import pulumi_aws as aws
import pytest
from pydantic import ValidationError

from components.aws.audit import Audit, AuditArgs, trail_writer
from components.aws.detection import FEATURES, Detection, DetectionArgs
from components.aws.iam import Place
from tests.support.aws_plan import KEY, TAGS, plan_aws, refused
from tests.support.plan import UNKNOWN, Planned, named

PLACE = Place(account="111122223333", region="us-east-1", name="golive-prod")
GOOD: dict[str, Any] = {
    "place": PLACE,
    "bucket": "golive-prod-audit",
    "key": KEY,
    "log_key": KEY,
    "watched": ["arn:aws:s3:::golive-prod-objects"],
    "tags": TAGS,
}
UNLOCKED = "Trail audit-trail writes into a bucket that can be emptied within two years"
WATCHED: dict[str, Any] = {
    "account": "111122223333",
    "regions": ["us-east-1", "us-west-2"],
    "name": "golive-prod",
    "tags": TAGS,
}


def planned(**changes: object) -> tuple[Planned, ...]:
    return plan_aws(lambda: Audit("audit", AuditArgs.model_validate({**GOOD, **changes})))


@pytest.fixture(scope="module")
def audit() -> tuple[Planned, ...]:
    return planned()


@pytest.fixture(scope="module")
def detection() -> tuple[Planned, ...]:
    return plan_aws(lambda: Detection("watch", DetectionArgs.model_validate(WATCHED)))


def test_the_pack_finds_nothing_wrong(audit: tuple[Planned, ...], detection: tuple[Planned, ...]) -> None:
    assert refused((*audit, *detection)) == {"trail-bucket-locked": [UNLOCKED]}, "the bucket is locked elsewhere"


def test_the_trail_is_complete_encrypted_and_can_be_proven(audit: tuple[Planned, ...]) -> None:
    trail = named(audit, "audit-trail").inputs
    assert (trail["isMultiRegionTrail"], trail["includeGlobalServiceEvents"]) == (True, True)
    assert (trail["enableLogFileValidation"], trail["enableLogging"]) == (True, True)
    assert (trail["kmsKeyId"], trail["s3BucketName"]) == (KEY, "golive-prod-audit")
    assert trail["isOrganizationTrail"] is False
    assert named(planned(organisation=True), "audit-trail").inputs["isOrganizationTrail"] is True


def test_the_trail_records_requests_and_what_happens_to_objects(audit: tuple[Planned, ...]) -> None:
    management, data = named(audit, "audit-trail").inputs["advancedEventSelectors"]
    assert management["fieldSelectors"] == [{"field": "eventCategory", "equals": ["Management"]}]
    assert data["fieldSelectors"][2] == {
        "field": "resources.ARN",
        "startsWiths": ["arn:aws:s3:::golive-prod-objects/"],
    }
    assert len(named(planned(watched=[]), "audit-trail").inputs["advancedEventSelectors"]) == 1


def test_the_searchable_copy_is_kept_two_years(audit: tuple[Planned, ...]) -> None:
    logs = named(audit, "audit-log").inputs
    assert (logs["name"], logs["retentionInDays"], logs["kmsKeyId"]) == ("/aws/cloudtrail/golive-prod", 731, KEY)
    (statement,) = json.loads(named(audit, "audit-writer-policy").inputs["policy"])["Statement"]
    assert statement["Resource"] == (
        "arn:aws:logs:us-east-1:111122223333:log-group:/aws/cloudtrail/golive-prod:log-stream:*"
    )
    assert named(audit, "audit-trail").inputs["cloudWatchLogsGroupArn"] is UNKNOWN


def test_the_trail_waits_for_the_policy_of_its_bucket() -> None:
    def program() -> None:
        written = aws.s3.BucketPolicy("written", bucket="golive-prod-audit", policy="{}")
        Audit("audit", AuditArgs.model_validate({**GOOD, "after": (written,)}))

    assert "aws:s3/bucketPolicy:BucketPolicy::written" in named(plan_aws(program), "audit-trail").after


def test_only_this_trail_writes_into_the_bucket() -> None:
    checks, writes = (each.document() for each in trail_writer(PLACE, "golive-prod-audit"))
    trail = "arn:aws:cloudtrail:us-east-1:111122223333:trail/golive-prod-audit"
    assert checks["Condition"]["StringEquals"] == {"aws:SourceArn": trail}
    assert writes["Condition"]["StringEquals"]["aws:SourceArn"] == trail
    assert writes["Resource"] == "arn:aws:s3:::golive-prod-audit/AWSLogs/*"


@pytest.mark.parametrize("region", ["us-east-1", "us-west-2"])
def test_every_region_is_watched(detection: tuple[Planned, ...], region: str) -> None:
    assert named(detection, f"watch-{region}-detector").inputs["enable"] is True
    features = [
        each.inputs for each in detection if each.type.endswith(":DetectorFeature") and each.inputs["region"] == region
    ]
    assert {each["name"]: each["status"] for each in features} == dict.fromkeys(FEATURES, "ENABLED")
    inspector = named(detection, f"watch-{region}-inspector").inputs
    assert (inspector["resourceTypes"], inspector["region"]) == (["EC2", "ECR"], region)
    assert named(detection, f"watch-{region}-analyzer").inputs["type"] == "ACCOUNT"
    assert named(detection, f"watch-{region}-disks").inputs["enabled"] is True


def test_no_bucket_of_the_account_can_be_made_public(detection: tuple[Planned, ...]) -> None:
    block = named(detection, "watch-buckets").inputs
    assert all(block[switch] for switch in block if switch != "accountId")
    assert len(block) == 5


def test_refuses_to_watch_nowhere_and_unknown_words() -> None:
    with pytest.raises(ValidationError, match="at least 1 item"):
        DetectionArgs.model_validate({**WATCHED, "regions": []})
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        AuditArgs.model_validate({**GOOD, "multi_region": False})
