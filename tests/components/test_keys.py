"""Each purpose has a key of its own, which rotates, can be had back, and is open to nobody by a star."""

import json
from typing import Any

import pytest

from components.aws.iam import Place
from components.aws.keys import PURPOSES, Keys, KeysArgs, Purpose, key_policy
from tests.support.aws_plan import TAGS, misshapen, refused, refusing, spoilt
from tests.support.plan import Planned, named, plan

PLACE = Place(account="111122223333", region="us-east-1", name="golive-prod")


@pytest.fixture(scope="module")
def planned() -> tuple[Planned, ...]:
    return plan(lambda: Keys("keys", KeysArgs(place=PLACE, tags=TAGS)))


def statements(purpose: str) -> dict[str, Any]:
    (wanted,) = (each for each in PURPOSES if each.name == purpose)
    return {each["Sid"]: each for each in json.loads(key_policy(wanted, PLACE))["Statement"]}


def test_speaks_the_sdks_language_and_obeys_every_rule(planned: tuple[Planned, ...]) -> None:
    assert misshapen(planned) == []
    assert refused(planned) == {}


def test_each_purpose_has_a_key_that_rotates_and_can_be_had_back(planned: tuple[Planned, ...]) -> None:
    keys = {each.name: each.inputs for each in planned if each.type.endswith(":Key")}
    assert keys.keys() == {f"keys-{purpose.name}" for purpose in PURPOSES}
    assert {(each["enableKeyRotation"], each["deletionWindowInDays"]) for each in keys.values()} == {(True, 30)}
    assert named(planned, "keys-cluster-alias").inputs["name"] == "alias/golive-prod/cluster"


@pytest.mark.parametrize("purpose", PURPOSES, ids=lambda purpose: purpose.name)
def test_no_policy_names_everybody_or_allows_everything(purpose: Purpose) -> None:
    for statement in json.loads(key_policy(purpose, PLACE))["Statement"]:
        (names,) = statement["Principal"].values()
        assert "*" not in ([names] if isinstance(names, str) else names)
        assert "kms:*" not in statement["Action"]


def test_administrators_keep_the_key_and_cannot_read_with_it() -> None:
    actions = statements("objects")["Administration"]["Action"]
    assert {"kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"} <= set(actions)
    assert not {"kms:Decrypt", "kms:GenerateDataKey"} & set(actions)


def test_roles_use_keys_through_the_service_meant_for_them() -> None:
    assert statements("objects")["UseThroughServices"]["Condition"]["StringEquals"] == {
        "kms:CallerAccount": "111122223333",
        "kms:ViaService": "s3.us-east-1.amazonaws.com",
    }


def test_services_use_keys_for_this_accounts_resources() -> None:
    logs = statements("logs")["Service1"]
    assert logs["Principal"] == {"Service": "logs.us-east-1.amazonaws.com"}
    assert logs["Condition"] == {
        "ArnLike": {"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:us-east-1:111122223333:log-group:*"}
    }


def test_nodes_start_with_encrypted_disks() -> None:
    assert statements("disks")["UseByRoles"]["Principal"]["AWS"].endswith("/AWSServiceRoleForAutoScaling")


PROMISES: dict[str, tuple[dict[str, object], str]] = {
    "rotation": ({"enableKeyRotation": False}, "key-rotation"),
    "a month to think again": ({"deletionWindowInDays": 7}, "key-deletion-window"),
}


@pytest.mark.parametrize("promise", PROMISES)
def test_the_pack_refuses_a_key_without(planned: tuple[Planned, ...], promise: str) -> None:
    change, rule = PROMISES[promise]
    assert rule in refusing(spoilt(planned, "keys-secrets", **change))
