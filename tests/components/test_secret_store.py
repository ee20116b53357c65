"""Secrets are encrypted, copied, rotated, open to their readers alone, and never in clear in a plan."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from components.aws.secret_store import SecretStore, SecretStoreArgs, reading
from tests.support.aws_plan import DR_KEY, KEY, TAGS, misshapen, refused, refusing, spoilt
from tests.support.plan import UNKNOWN, Planned, named, plan

READER = "arn:aws:iam::111122223333:role/golive-prod-external-secrets"
GOOD: dict[str, Any] = {
    "place": {"account": "111122223333", "region": "us-east-1", "name": "golive-prod"},
    "prefix": "prod",
    "secrets": [
        {
            "name": "prod/optibid/stores",
            "generated": ["REDIS_PASSWORD"],
            "fixed": {"KAFKA_USER": "optibid-backend"},
            "issued": ["OBJECT_STORAGE_ACCESS_KEY_ID"],
        },
        {"name": "prod/optibid/market", "issued": ["MARKET_API_KEY"]},
    ],
    "readers": [READER],
    "rotation_days": 30,
    "key": KEY,
    "logs_key": KEY,
    "copies": [{"region": "us-west-2", "key": DR_KEY}],
    "tags": TAGS,
}


@pytest.fixture(scope="module")
def planned() -> tuple[Planned, ...]:
    return plan(lambda: SecretStore("secrets", SecretStoreArgs.model_validate(GOOD)))


def test_speaks_the_sdks_language_and_obeys_every_rule(planned: tuple[Planned, ...]) -> None:
    assert misshapen(planned) == []
    assert refused(planned) == {}


def test_secrets_are_encrypted_copied_and_can_be_had_back(planned: tuple[Planned, ...]) -> None:
    secret = named(planned, "secrets-prod-optibid-stores").inputs
    assert (secret["name"], secret["kmsKeyId"], secret["recoveryWindowInDays"]) == ("prod/optibid/stores", KEY, 30)
    assert secret["replicas"] == [{"region": "us-west-2", "kmsKeyId": DR_KEY}]


def test_only_readers_and_the_rotation_see_values(planned: tuple[Planned, ...]) -> None:
    policy = json.loads(named(planned, "secrets-prod-optibid-stores").inputs["policy"])["Statement"]
    denied = {each["Sid"]: each for each in policy}
    assert {each["Effect"] for each in policy} == {"Deny"}
    assert denied["OnlyReaders"]["Condition"] == {
        "ArnNotEquals": {
            "aws:PrincipalArn": [READER, "arn:aws:iam::111122223333:role/golive-prod-secret-rotation"],
        }
    }
    assert denied["OnlyThisAccount"]["Condition"] == {"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}}


def test_values_that_we_make_up_stand_in_no_plan(planned: tuple[Planned, ...]) -> None:
    first = named(planned, "secrets-prod-optibid-stores-first").inputs
    assert first["secretString"] is UNKNOWN
    assert named(planned, "secrets-prod-optibid-stores-redis-password").inputs["length"] == 40


def test_rotation_comes_round_and_its_function_is_there_first(planned: tuple[Planned, ...]) -> None:
    rotation = named(planned, "secrets-prod-optibid-stores-rotation")
    assert rotation.inputs["rotationRules"] == {"automaticallyAfterDays": 30}
    assert {named(planned, f"secrets-rotation{end}").path for end in ("-permission", "-policy")} <= set(rotation.after)
    assert named(planned, "secrets-prod-optibid-stores").inputs["tags"]["golive-generated"] == "REDIS_PASSWORD"


def test_what_others_issue_is_neither_made_up_nor_rotated(planned: tuple[Planned, ...]) -> None:
    names = [each.name for each in planned if each.name.startswith("secrets-prod-optibid-market")]
    assert names == ["secrets-prod-optibid-market"]


def test_the_function_touches_this_environments_secrets_alone(planned: tuple[Planned, ...]) -> None:
    rights = {
        each["Sid"]: each
        for each in json.loads(named(planned, "secrets-rotation-policy").inputs["policy"])["Statement"]
    }
    assert rights["Rotate"]["Resource"] == "arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/*"
    assert rights["UseKey"]["Condition"] == {
        "ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/golive-prod/secrets"},
        "StringEquals": {"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"},
    }
    permission = named(planned, "secrets-rotation-permission").inputs
    assert (permission["principal"], permission["sourceAccount"]) == ("secretsmanager.amazonaws.com", "111122223333")


def test_a_reader_reads_and_does_no_more() -> None:
    place = SecretStoreArgs.model_validate(GOOD).place
    actions = {action for statement in reading(place, "prod") for action in statement.actions}
    assert actions == {"secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue", "kms:Decrypt"}


def test_the_pack_refuses_a_slow_rotation(planned: tuple[Planned, ...]) -> None:
    slow = spoilt(planned, "secrets-prod-optibid-stores-rotation", rotationRules={"automaticallyAfterDays": 365})
    assert "secret-rotation" in refusing(slow)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rotation_days": 91}, "less than or equal to 90"),
        ({"readers": []}, "at least 1 item"),
        ({"secrets": [{"name": "prod/a"}]}, "at least one; found none"),
        ({"secrets": [{"name": "prod/a", "generated": ["A"], "issued": ["A"]}]}, "each key of prod/a once"),
        ({"secrets": [{"name": "prod/a", "issued": ["A"]}] * 2}, "named twice: prod/a"),
        ({"secrets": [{"name": "Prod A", "issued": ["A"]}]}, "match pattern"),
    ],
)
def test_refuses(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        SecretStoreArgs.model_validate({**GOOD, **change})
