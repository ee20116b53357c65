"""A rollback asks whether the images and the secrets' keys are still there: the registry, and the cluster."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from golive.releases.preflight import EXTERNAL_SECRETS, needed_keys
from golive.releases.stack_file import StackFile
from settings.load import parse
from tests.support.fake_registry import FakeRegistry, serving
from tests.support.scripted_history import THREE, Checkout, third_release, update

A, _, C = THREE
NOTHING = "golive rollback: nothing was changed.\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    """A checkout that runs its third release."""
    return third_release(tmp_path, monkeypatch)


IMAGE, DIGEST = "254carbon/marketplace", f"sha256:{'1' * 64}"
AWS = {"provider": "aws", "region": "us-east-1"}
READY = {"conditions": [{"type": "Ready", "status": "True"}]}


@pytest.fixture
def registry(here: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeRegistry]:
    """A registry that a release's image names, in an environment whose secrets are in AWS."""
    here.replace("provider: fake", "provider: aws, region: us-east-1")
    with serving(tmp_path) as found:
        monkeypatch.setenv("SSL_CERT_FILE", str(found.certificate))
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        platform = {**A["platform"], "secrets": AWS}
        image = {"image": f"{found.host}/{IMAGE}:v1.0.0@{DIGEST}"}
        first = {**A, "platform": platform, "releases": {**A["releases"], "marketplace": image}}
        here.deployed(update(first), update({**C, "platform": platform}))
        having(here, first)
        yield found


def having(here: Checkout, data: Mapping[str, Any], *, but: str = "") -> None:
    """Have the cluster read every secret that some settings need, but for one of them."""
    needed = needed_keys(parse(dict(data), "Pulumi.dev.yaml"))
    items = [
        {
            "metadata": {"namespace": namespace, "name": "any"},
            "spec": {"data": [{"remoteRef": {"key": secret, "property": key}} for key in keys]},
            "status": READY,
        }
        for (namespace, secret), keys in needed.items()
        if secret != but
    ]
    (here.folder / "cluster").write_text(json.dumps({EXTERNAL_SECRETS: items}))


def test_images_and_secrets_that_are_there_are_gone_back_to(here: Checkout, registry: FakeRegistry) -> None:
    registry.push(f"{IMAGE}:v1.0.0", DIGEST)

    result = here.run("rollback", "--stack", "dev", "--to", "1", "--unverified", "not needed")

    assert result.exit_code == 0, result.output
    assert "note: 23 images name no registry, so nobody was asked whether they are there" in result.stdout
    assert here.log().startswith("up --stack dev --note rollback to 1\n")


def test_an_image_that_is_gone_is_refused_whatever_one_says(here: Checkout, registry: FakeRegistry) -> None:
    before = here.file().read_bytes()

    result = here.run("rollback", "--stack", "dev", "--to", "1", "--unverified", "I know it is there")

    assert (result.exit_code, here.file().read_bytes(), here.log()) == (1, before, "")
    assert f"refused: the image {registry.host}/{IMAGE}:v1.0.0@{DIGEST} is gone" in result.stderr


def test_what_nobody_can_say_is_refused_until_somebody_says_why_not(here: Checkout, registry: FakeRegistry) -> None:
    registry.status = 503
    first = StackFile.read("dev").data
    having(here, first, but="dev/optibid/optibid-backend-jwt")
    command = ("rollback", "--stack", "dev", "--to", "1")

    refused = here.run(*command, "--dry-run")
    why = (
        f"{registry.host} can't say whether it has {registry.host}/{IMAGE}:v1.0.0@{DIGEST}: 503 Service Unavailable",
        "of the secret dev/optibid/optibid-backend-jwt, so it may be gone",
    )
    assert refused.exit_code == 1
    for sentence in why:
        assert f"{sentence}. To go on all the same: --unverified REASON.\n" in refused.stderr
    empty = here.run(*command, "--unverified", " ")
    assert "refused: --unverified needs a reason, in one line." in empty.stderr
    assert here.log() == ""

    (here.folder / "code").write_text("255")
    result = here.run(*command, "--unverified", "seen by hand (OPS-1)")

    assert result.exit_code == 255
    assert all(sentence in result.stdout for sentence in why)
    assert here.log().startswith("up --stack dev --note rollback to 1, unverified (seen by hand (OPS-1))\n")
    assert "--to 1 --unverified 'seen by hand (OPS-1)'" in result.stderr


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({}, "what the cluster of dev has can't be known"),
        ({EXTERNAL_SECRETS: []}, "the cluster reads no secret of dev from the store. Is it the one"),
    ],
)
def test_a_cluster_that_cannot_be_asked_is_told(
    here: Checkout, registry: FakeRegistry, answers: Mapping[str, Any], words: str
) -> None:
    registry.push(f"{IMAGE}:v1.0.0", DIGEST)
    (here.folder / "cluster").write_text(json.dumps(answers))

    result = here.run("rollback", "--stack", "dev", "--to", "1")

    assert result.exit_code == 1
    assert words in result.stderr
