"""``golive releases`` lists what the engine's history says, and does not say more than it knows."""

import json
from pathlib import Path

import pytest

from settings.holds import fingerprint
from settings.load import parse
from tests.support.scripted_history import Checkout, checkout, moved, settings, update

A, B = settings(), moved("marketplace", "v1.1.0")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    made = checkout(tmp_path, monkeypatch)
    made.deployed(
        update(A),
        update(None, kind="refresh"),
        update(B, result="failed", message="Move marketplace", environment={"git.head": "a" * 40}),
        update(A, message="rollback to 1 by ada"),
    )
    return made


def test_the_table(here: Checkout) -> None:
    assert here.run("releases", "--stack", "dev").stdout.splitlines() == [
        "RELEASE  WHEN                  WHO      COMMIT      OUTCOME    POLICIES   IMAGES           CHANGED",
        "4        2026-03-01 10:00:00Z  ada      fffffffff   succeeded  passed     24, 0 by digest  rollback to 1",
        "3        2026-03-01 10:00:00Z  unknown  aaaaaaaaa+  failed     not asked  24, 0 by digest  marketplace v1.1.0",
        "1        2026-03-01 10:00:00Z  ada      fffffffff   succeeded  passed     24, 0 by digest  all of it",
    ]


def test_json_has_everything(here: Checkout) -> None:
    listed = json.loads(here.run("releases", "--stack", "dev", "--format", "json").stdout)

    assert [entry["release"] for entry in listed] == [4, 3, 1]
    assert listed[2] == {
        "release": 1,
        "started": "2026-03-01T10:00:00+00:00",
        "ended": "2026-03-01T10:05:00+00:00",
        "who": "ada",
        "commit": "f" * 40,
        "dirty": False,
        "outcome": "succeeded",
        "policies": "passed",
        "exceptions": {},
        "rollbackTo": None,
        "unverified": None,
        "changed": "all of it",
        "fingerprint": fingerprint(parse(A, "Pulumi.dev.yaml")),
        "images": {name: entry["image"] for name, entry in A["releases"].items()},
        "digests": dict.fromkeys(A["releases"]),
        "settings": A,
    }


def test_exceptions_and_digests_are_told(here: Checkout) -> None:
    digest = f"sha256:{'0' * 64}"
    entry = update({**A, "releases": {"marketplace": {"image": f"254carbon/marketplace:v1.0.0@{digest}"}}})
    said = {"levels": {"limits": "advisory"}, "waivers": [{}, {}]}
    entry["config"] = {**entry["config"], "golive:guardrails": {"value": "{}", "objectValue": said, "secret": False}}
    here.deployed(entry)

    (told,) = json.loads(here.run("releases", "--stack", "dev", "--format", "json").stdout)
    assert (told["exceptions"], told["digests"]) == (said, {"marketplace": digest})
    assert "passed (1 lowered, 2 waived)  1, 1 by digest" in here.run("releases", "--stack", "dev").stdout


def test_what_nobody_verified_is_told_with_its_reason(here: Checkout) -> None:
    here.deployed(update(A), update(A, message="rollback to 1, unverified (seen by hand (OPS-1), by me) by ada"))

    (told, _) = json.loads(here.run("releases", "--stack", "dev", "--format", "json").stdout)

    assert (told["who"], told["rollbackTo"], told["unverified"]) == ("ada", 1, "seen by hand (OPS-1), by me")
    assert told["changed"] == "rollback to 1, unverified"


def test_the_clouds_own_numbers_are_kept(here: Checkout) -> None:
    here.deployed(update(A, version=41), update(B, version=42))

    assert [line.split()[0] for line in here.run("releases", "--stack", "dev").stdout.splitlines()[1:]] == ["42", "41"]


def test_no_release_is_said_and_no_history_is_refused(here: Checkout) -> None:
    assert here.run("releases", "--stack", "prod").stdout == "nothing was ever deployed to prod\n"
    (here.folder / "dev.history").write_text("[{}]")

    result = here.run("releases", "--stack", "dev")

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("golive releases: the engine's history of dev can't be read")
