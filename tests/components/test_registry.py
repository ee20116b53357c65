"""A tag in the registry means one image for ever, scanned, encrypted, and kept where another region finds it."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from components.aws.registry import Registry, RegistryArgs
from tests.support.aws_plan import KEY, TAGS, misshapen, refused, refusing, spoilt
from tests.support.plan import Planned, named, plan

GOOD: dict[str, Any] = {
    "place": {"account": "111122223333", "region": "us-east-1", "name": "golive-prod"},
    "repositories": ["254carbon/marketplace", "optibid/optibid-backend"],
    "key": KEY,
    "copies": ["us-west-2"],
    "tags": TAGS,
}


@pytest.fixture(scope="module")
def planned() -> tuple[Planned, ...]:
    return plan(lambda: Registry("registry", RegistryArgs.model_validate(GOOD)))


def test_speaks_the_sdks_language_and_obeys_every_rule(planned: tuple[Planned, ...]) -> None:
    assert misshapen(planned) == []
    assert refused(planned) == {}


def test_repositories_are_immutable_scanned_and_encrypted(planned: tuple[Planned, ...]) -> None:
    assert named(planned, "registry-254carbon-marketplace").inputs == {
        "name": "254carbon/marketplace",
        "imageTagMutability": "IMMUTABLE",
        "imageScanningConfiguration": {"scanOnPush": True},
        "encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": KEY}],
        "forceDelete": False,
        "tags": TAGS,
    }


def test_this_account_alone_pulls(planned: tuple[Planned, ...]) -> None:
    (statement,) = json.loads(named(planned, "registry-254carbon-marketplace-policy").inputs["policy"])["Statement"]
    assert statement["Principal"] == {"AWS": "arn:aws:iam::111122223333:root"}
    assert not [action for action in statement["Action"] if "Put" in action or "Upload" in action]


def test_releases_are_kept_and_leftovers_are_not(planned: tuple[Planned, ...]) -> None:
    rules = json.loads(named(planned, "registry-254carbon-marketplace-lifecycle").inputs["policy"])["rules"]
    assert [(rule["selection"]["tagStatus"], rule["selection"]["countNumber"]) for rule in rules] == [
        ("untagged", 14),
        ("any", 100),
    ]


def test_images_are_scanned_again_and_again_and_copied(planned: tuple[Planned, ...]) -> None:
    assert named(planned, "registry-scanning").inputs["rules"][0]["scanFrequency"] == "CONTINUOUS_SCAN"
    (rule,) = named(planned, "registry-copies").inputs["replicationConfiguration"]["rules"]
    assert rule["destinations"] == [{"region": "us-west-2", "registryId": "111122223333"}]


def test_without_a_second_region_there_are_no_copies() -> None:
    single = plan(lambda: Registry("registry", RegistryArgs.model_validate({**GOOD, "copies": []})))
    assert [each.name for each in single if each.type.endswith(":ReplicationConfiguration")] == []


def test_the_pack_refuses_tags_that_move(planned: tuple[Planned, ...]) -> None:
    moved = spoilt(planned, "registry-254carbon-marketplace", imageTagMutability="MUTABLE")
    assert refusing(moved) == {"repository-immutable-tags"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"repositories": []}, "at least 1 item"),
        ({"repositories": ["254Carbon/Marketplace"]}, "match pattern"),
        ({"repositories": ["a/b", "a/b"]}, "named twice: a/b"),
        ({"copies": ["virginia"]}, "an AWS region"),
    ],
)
def test_refuses(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        RegistryArgs.model_validate({**GOOD, **change})
