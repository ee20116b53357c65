"""Buckets are private, encrypted, versioned and recorded; the audit trail stays, and copies lie elsewhere."""

import json
from typing import Any

import pulumi_aws as aws
import pytest
from pydantic import ValidationError

from components.aws.buckets import Buckets, BucketsArgs
from tests.support.aws_plan import DR_KEY, KEY, TAGS, misshapen, refused, refusing, spoilt
from tests.support.plan import Planned, named, plan

PLACE = {"account": "111122223333", "region": "us-east-1", "name": "golive-prod"}
GOOD: dict[str, Any] = {
    "place": PLACE,
    "buckets": [
        {"purpose": "audit", "key": "audit", "lock_days": 731},
        {"purpose": "backups", "key": "objects", "expire_days": 30},
        {"purpose": "scratch", "key": "objects", "copied": False},
    ],
    "keys": {"audit": KEY, "objects": KEY},
    "tags": TAGS,
}
AUDIT = "golive-prod-audit-111122223333-us-east-1"
COPY = "golive-prod-audit-111122223333-us-west-2"


def planned_with(**changes: object) -> tuple[Planned, ...]:
    def program() -> None:
        there = aws.Provider("there", region="us-west-2")
        copies = {
            "place": {**PLACE, "region": "us-west-2"},
            "provider": there,
            "keys": {"audit": DR_KEY, "objects": DR_KEY},
        }
        Buckets("buckets", BucketsArgs.model_validate({**GOOD, "copies": copies, **changes}))

    return plan(program)


@pytest.fixture(scope="module")
def planned() -> tuple[Planned, ...]:
    return planned_with()


def test_speaks_the_sdks_language_and_obeys_every_rule(planned: tuple[Planned, ...]) -> None:
    assert misshapen(planned) == []
    assert refused(planned) == {}


def test_names_are_known_in_a_preview(planned: tuple[Planned, ...]) -> None:
    assert named(planned, "buckets", "Buckets").outputs["names"]["audit"] == AUDIT
    assert named(planned, "buckets", "Buckets").outputs["arns"]["audit"] == f"arn:aws:s3:::{AUDIT}"


def test_nobody_can_delete_from_the_audit_trail_for_two_years(planned: tuple[Planned, ...]) -> None:
    assert named(planned, "buckets-audit", "s3/bucket:Bucket").inputs["objectLockEnabled"] is True
    lock = named(planned, "buckets-audit-lock").inputs
    assert lock["rule"] == {"defaultRetention": {"mode": "COMPLIANCE", "days": 731}}
    assert named(planned, "buckets-copy-audit-lock").inputs["rule"] == lock["rule"]


def test_buckets_are_private_and_take_tls_only(planned: tuple[Planned, ...]) -> None:
    block = named(planned, "buckets-audit-private").inputs
    assert {value for key, value in block.items() if key != "bucket"} == {True}
    statements = json.loads(named(planned, "buckets-audit-policy").inputs["policy"])["Statement"]
    denied = {each["Sid"]: each for each in statements if each["Effect"] == "Deny"}
    assert denied["DenyPlainText"]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert denied["DenyPlainText"]["Resource"] == [f"arn:aws:s3:::{AUDIT}", f"arn:aws:s3:::{AUDIT}/*"]
    assert denied["DenyOldTls"]["Condition"] == {"NumericLessThan": {"s3:TlsVersion": "1.2"}}


def test_buckets_are_encrypted_with_their_own_regions_key(planned: tuple[Planned, ...]) -> None:
    def key(name: str) -> object:
        (rule,) = named(planned, name).inputs["rules"]
        return rule["applyServerSideEncryptionByDefault"].get("kmsMasterKeyId")

    assert (key("buckets-audit-encryption"), key("buckets-copy-audit-encryption")) == (KEY, DR_KEY)
    assert key("buckets-access-logs-encryption") is None, "S3 can't write its logs with a key of ours"


def test_who_reads_what_is_recorded(planned: tuple[Planned, ...]) -> None:
    logging = named(planned, "buckets-backups-access-logs").inputs
    assert logging["targetBucket"] == "golive-prod-access-logs-111122223333-us-east-1"
    assert logging["targetPrefix"] == "backups/"


def test_copies_lie_in_the_other_region(planned: tuple[Planned, ...]) -> None:
    copy = named(planned, "buckets-audit-copy").inputs
    (rule,) = copy["rules"]
    assert (copy["bucket"], rule["destination"]["bucket"]) == (AUDIT, f"arn:aws:s3:::{COPY}")
    assert rule["destination"]["encryptionConfiguration"] == {"replicaKmsKeyId": DR_KEY}
    assert named(planned, "buckets-copy-audit", "s3/bucket:Bucket").provider.endswith("::there")
    assert [each.name for each in planned if "scratch" in each.name and "copy" in each.name] == []


def test_the_copying_role_reads_here_and_writes_there(planned: tuple[Planned, ...]) -> None:
    statements = {
        each["Sid"]: each for each in json.loads(named(planned, "buckets-copy-policy").inputs["policy"])["Statement"]
    }
    assert statements["Read"]["Resource"][0] == f"arn:aws:s3:::{AUDIT}/*"
    assert statements["Write"]["Resource"][0] == f"arn:aws:s3:::{COPY}/*"
    assert not [sid for sid, each in statements.items() if each["Resource"] == "*"]


def test_without_a_second_region_there_are_no_copies() -> None:
    assert [each.name for each in planned_with(copies=None) if "copy" in each.name] == []


PROMISES: dict[str, tuple[str, dict[str, object], str]] = {
    "public access blocked": ("buckets-audit-private", {"blockPublicPolicy": False}, "bucket-public-access-blocked"),
    "old versions": ("buckets-audit-versions", {"versioningConfiguration": {}}, "bucket-versioned"),
}


@pytest.mark.parametrize("promise", PROMISES)
def test_the_pack_refuses_a_bucket_without(planned: tuple[Planned, ...], promise: str) -> None:
    name, change, rule = PROMISES[promise]
    assert rule in refusing(spoilt(planned, name, **change))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"buckets": []}, "at least 1 item"),
        ({"buckets": [{"purpose": "audit", "key": "audit", "lock_days": 365}]}, "greater than or equal to 730"),
        ({"place": {**PLACE, "name": "golive-" + "x" * 40}}, "is too long"),
        ({"place": {**PLACE, "region": "us-west-2"}}, "copies in another region"),
    ],
)
def test_refuses(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        planned_with(**change)
