"""Backups are daily, kept thirty days, locked, copied to the second region and restored every week."""

from typing import Any

import pytest
from pydantic import ValidationError

from components.aws.backup import Backup, BackupArgs
from tests.support.aws_plan import DR_KEY, KEY, TAGS, plan_aws, refused
from tests.support.plan import UNKNOWN, Planned, named

DATABASE = "arn:aws:rds:us-east-1:111122223333:db:golive-prod-postgresql"
PLACE = {"account": "111122223333", "region": "us-east-1", "name": "golive-prod"}
GOOD: dict[str, Any] = {
    "place": PLACE,
    "key": KEY,
    "lock": "compliance",
    "databases": [DATABASE],
    "buckets": ["arn:aws:s3:::golive-prod-objects"],
    "copies": {"place": {**PLACE, "region": "us-west-2"}, "key": DR_KEY},
    "tags": TAGS,
}


def planned(**changes: object) -> tuple[Planned, ...]:
    return plan_aws(lambda: Backup("backup", BackupArgs.model_validate({**GOOD, **changes})))


@pytest.fixture(scope="module")
def whole() -> tuple[Planned, ...]:
    return planned()


def test_the_pack_finds_nothing_wrong(whole: tuple[Planned, ...]) -> None:
    assert refused(whole) == {}


@pytest.mark.parametrize(("vault", "region", "key"), [("", "us-east-1", KEY), ("-copy", "us-west-2", DR_KEY)])
def test_each_vault_is_encrypted_and_locked(whole: tuple[Planned, ...], vault: str, region: str, key: str) -> None:
    made = named(whole, f"backup{vault}-vault").inputs
    assert (made["region"], made["kmsKeyArn"]) == (region, key)
    lock = named(whole, f"backup{vault}-lock").inputs
    assert lock == {
        "backupVaultName": "golive-prod-backups",
        "changeableForDays": 3,
        "maxRetentionDays": 366,
        "minRetentionDays": 30,
        "region": region,
    }


def test_a_governance_lock_can_be_taken_off() -> None:
    assert "changeableForDays" not in named(planned(lock="governance"), "backup-lock").inputs


def test_backups_are_daily_kept_thirty_days_and_copied(whole: tuple[Planned, ...]) -> None:
    (rule,) = named(whole, "backup-plan").inputs["rules"]
    assert (rule["schedule"], rule["lifecycle"]) == ("cron(0 5 * * ? *)", {"deleteAfter": 30})
    assert rule["copyActions"] == [{"destinationVaultArn": UNKNOWN, "lifecycle": {"deleteAfter": 30}}]
    assert named(whole, "backup-copy-vault").path in named(whole, "backup-plan").after


def test_without_a_second_region_there_is_no_copy() -> None:
    alone = planned(copies=None)
    assert "copyActions" not in named(alone, "backup-plan").inputs["rules"][0]
    assert [each.name for each in alone if each.type.endswith(":Vault")] == ["backup-vault"]


def test_takes_what_is_named_and_what_bears_the_tag(whole: tuple[Planned, ...]) -> None:
    selection = named(whole, "backup-selection").inputs
    assert selection["resources"] == [DATABASE, "arn:aws:s3:::golive-prod-objects"]
    assert selection["selectionTags"] == [{"type": "STRINGEQUALS", "key": "backup", "value": "daily"}]


def test_the_newest_backup_is_restored_every_week(whole: tuple[Planned, ...]) -> None:
    plan = named(whole, "backup-restore-test").inputs
    assert (plan["name"], plan["scheduleExpression"]) == ("golive_prod_weekly", "cron(0 7 ? * SUN *)")
    assert plan["recoveryPointSelection"]["algorithm"] == "LATEST_WITHIN_WINDOW"
    selection = named(whole, "backup-restore-test-databases").inputs
    assert (selection["protectedResourceType"], selection["protectedResourceArns"]) == ("RDS", [DATABASE])
    assert selection["restoreMetadataOverrides"]["publiclyAccessible"] == "false"


def test_without_databases_nothing_is_restored() -> None:
    assert not [each for each in planned(databases=[]) if "restore-test" in each.name]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"days": 7}, "greater than or equal to 30"),
        ({"lock": "none"}, "'compliance' or 'governance'"),
        ({"vault": "x"}, "Extra inputs are not permitted"),
    ],
)
def test_refuses(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        BackupArgs.model_validate({**GOOD, **change})
