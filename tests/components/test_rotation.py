"""A rotation gives generated keys new values, keeps the rest, may be repeated, and never loses a key."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from components.aws.rotation.handler import GENERATED, step

NEW, OLD = "version-2", "version-1"


class _NotFoundError(Exception):
    """What the service answers where there is no such version."""


class _Service:
    """The part of Secrets Manager that a rotation uses, kept in memory."""

    class exceptions:  # noqa: N801  # the SDK's name
        ResourceNotFoundException = _NotFoundError

    def __init__(self, generated: str = "PASSWORD") -> None:
        self.values = {OLD: json.dumps({"PASSWORD": "before", "USER": "shop"})}
        self.stages = {OLD: ["AWSCURRENT"], NEW: ["AWSPENDING"]}
        self.tags = [{"Key": GENERATED, "Value": generated}] if generated else []
        self.passwords = self._passwords()

    def _passwords(self) -> Iterator[str]:
        yield from ("first", "second")

    def describe_secret(self, **_asked: str) -> dict[str, Any]:
        return {"VersionIdsToStages": self.stages, "Tags": self.tags}

    def get_secret_value(self, **asked: str) -> dict[str, str]:
        stage = asked["VersionStage"]
        version = next((each for each, stages in self.stages.items() if stage in stages), "")
        if version not in self.values:
            raise _NotFoundError
        return {"SecretString": self.values[version]}

    def get_random_password(self, **_asked: object) -> dict[str, str]:
        return {"RandomPassword": next(self.passwords)}

    def put_secret_value(self, **asked: Any) -> None:  # noqa: ANN401  # as the SDK has it
        self.values[asked["ClientRequestToken"]] = asked["SecretString"]

    def update_secret_version_stage(self, **asked: str) -> None:
        self.stages = {asked["RemoveFromVersionId"]: ["AWSPREVIOUS"], asked["MoveToVersionId"]: ["AWSCURRENT"]}

    def rotate(self, *names: str) -> None:
        for name in names:
            step(self, name, "prod/shop", NEW)


def test_gives_new_values_to_what_was_generated_and_keeps_the_rest() -> None:
    service = _Service()
    service.rotate("createSecret", "setSecret", "testSecret", "finishSecret")
    assert json.loads(service.values[NEW]) == {"PASSWORD": "first", "USER": "shop"}
    assert service.stages == {OLD: ["AWSPREVIOUS"], NEW: ["AWSCURRENT"]}


def test_a_step_that_is_repeated_changes_nothing() -> None:
    service = _Service()
    service.rotate("createSecret", "createSecret", "finishSecret", "finishSecret", "createSecret")
    assert json.loads(service.values[NEW])["PASSWORD"] == "first"  # noqa: S105  # a made-up value


def test_a_version_that_lacks_a_key_does_not_become_current() -> None:
    service = _Service()
    service.values[NEW] = json.dumps({"PASSWORD": "x"})
    with pytest.raises(ValueError, match=r"The new version lacks USER\."):
        service.rotate("testSecret")


@pytest.mark.parametrize(
    ("service", "name", "words"),
    [
        (_Service(generated=""), "createSecret", "no tag golive-generated"),
        (_Service(), "deleteSecret", "There is no step deleteSecret"),
    ],
)
def test_refuses(service: _Service, name: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        service.rotate(name)


def test_refuses_a_version_that_was_not_asked_for() -> None:
    with pytest.raises(ValueError, match="no version for this rotation"):
        step(_Service(), "createSecret", "prod/shop", "version-3")
