"""``golive rollback`` shows, judges, writes the stack file and deploys it; whatever makes it unsafe is refused."""

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from golive.evaluation.exceptions import closed, now
from golive.releases.stack_file import StackFile
from tests.support.scripted_history import THREE, Checkout, moved, third_release, update

A, B, C = THREE
NOTHING = "golive rollback: nothing was changed.\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    """A checkout that runs its third release."""
    return third_release(tmp_path, monkeypatch)


def rendered(here: Checkout) -> Mapping[str, bytes]:
    """Every manifest of dev, byte by byte."""
    folder = here.folder / "rendered"
    assert here.run("render", "--stack", "dev", "--output", str(folder)).exit_code == 0
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.yaml")}


def test_it_writes_the_file_and_deploys_it(here: Checkout) -> None:
    result = here.run("rollback", "--stack", "dev", "--to", "1", "--reason", "too many errors")

    assert result.exit_code == 0, result.output
    assert here.log().startswith("up --stack dev --note rollback to 1\n")
    written = here.file().read_text()
    assert here.log().endswith(written)
    assert "# dev: small" in written
    assert "reason: too many errors" in written
    assert result.stdout.splitlines()[1:4] == [
        "  holds: nothing -> a map with the key release-3",
        '  releases.marketplace.image: "254carbon/marketplace:v1.2.0" -> "254carbon/marketplace:v1.0.0"',
        "the hold release-3 keeps release 3 back until it is lifted",
    ]
    assert re.fullmatch(r"it took \d+ s; where stages are not .*", result.stdout.splitlines()[-2])


def test_what_it_renders_is_the_releases_own_byte_by_byte(here: Checkout) -> None:
    third = rendered(here)
    here.replace("marketplace:v1.2.0", "marketplace:v1.0.0")
    first = rendered(here)
    here.replace("marketplace:v1.0.0", "marketplace:v1.2.0")
    assert first != third

    assert here.run("rollback", "--stack", "dev", "--to", "1").exit_code == 0

    assert rendered(here) == first


def test_a_dry_run_changes_nothing(here: Checkout) -> None:
    before = here.file().read_bytes()

    result = here.run("rollback", "--stack", "dev", "--dry-run")

    assert (result.exit_code, here.file().read_bytes(), here.log()) == (0, before, "")
    assert result.stdout.endswith("a dry run: nothing was changed\n")


def test_a_deployment_that_fails_is_completed_by_the_next_run(here: Checkout) -> None:
    (here.folder / "code").write_text("255")
    first = here.run("rollback", "--stack", "dev", "--to", "1")
    written = here.file().read_bytes()
    (here.folder / "code").write_text("0")

    second = here.run("rollback", "--stack", "dev")

    assert (first.exit_code, second.exit_code) == (255, 0)
    assert "Run this again: golive rollback --stack dev --to 1" in first.stderr
    assert here.file().read_bytes() == written
    assert here.log().startswith("up --stack dev --note rollback to 1\n")


def test_what_runs_already_is_not_deployed_again(here: Checkout) -> None:
    here.deployed(update(A))
    here.replace("marketplace:v1.2.0", "marketplace:v1.0.0")

    result = here.run("rollback", "--stack", "dev", "--to", "1")

    assert (result.exit_code, result.stdout, here.log()) == (0, "release 1 is what dev runs; nothing to do\n", "")


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (
            {**A, "releases": {**A["releases"], "marketplace": {"image": "k8s.gcr.io/marketplace:v1.0.0"}}},
            "no-deprecated-registry: ",
        ),
        (
            moved("marketplace", "v1.0.0", holds={}, products={"optibid": A["products"]["optibid"]}),
            "releases.marketplace: found a service of market-intelligence",
        ),
        ({**A, "unheard": 1}, "unheard: found an unknown key"),
        ({**A, "releases": {}}, "releases.marketplace: found nothing; expected the release of a service"),
    ],
)
def test_a_release_that_may_not_be_deployed_any_more_is_refused(
    here: Checkout, bad: dict[str, object], words: str
) -> None:
    here.deployed(update(bad), update(C))
    before = here.file().read_bytes()

    result = here.run("rollback", "--stack", "dev", "--to", "1")

    assert result.exit_code == 1
    assert f"golive rollback: refused: {words}" in result.stderr
    assert result.stderr.endswith(NOTHING)
    assert (here.file().read_bytes(), here.log()) == (before, "")


def test_a_held_release_is_refused(here: Checkout) -> None:
    hold = "    holds:\n      mine: {reason: slow, images: ['254carbon/marketplace:v1.0.0']}\n"
    here.file().write_text(here.file().read_text() + hold)
    here.deployed(update(A), update({**C, "holds": {"mine": {"reason": "slow", "images": [A_IMAGE]}}}))

    result = here.run("rollback", "--stack", "dev", "--to", "1")

    assert result.exit_code == 1
    assert "which the hold mine keeps back (slow)" in result.stderr
    assert here.log() == ""


A_IMAGE = "254carbon/marketplace:v1.0.0"


def test_changes_that_nobody_else_has_are_not_overwritten(here: Checkout) -> None:
    here.replace("owner: platform-engineering", "owner: somebody")
    before = here.file().read_bytes()

    result = here.run("rollback", "--stack", "dev", "--to", "1")

    assert result.exit_code == 1
    assert "Pulumi.dev.yaml has changes that were neither deployed nor committed" in result.stderr
    assert (here.file().read_bytes(), here.log()) == (before, "")


def test_a_hold_that_was_lifted_since_is_no_change_that_could_be_lost(here: Checkout) -> None:
    assert here.run("rollback", "--stack", "dev", "--to", "1").exit_code == 0
    written = StackFile.read("dev").data
    here.deployed(update(A), update(B), update(C), update(written, message="rollback to 1 by ada"))

    assert here.run("lift", "release-3", "--stack", "dev").exit_code == 0
    result = here.run("rollback", "--stack", "dev", "--to", "3")

    assert result.exit_code == 0, result.output
    assert "marketplace:v1.2.0" in here.file().read_text()


def test_changes_that_git_has_are_overwritten(here: Checkout) -> None:
    here.replace("owner: platform-engineering", "owner: somebody")
    author = {
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@b",
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@b",
    }
    for command in (["init", "--quiet"], ["add", "Pulumi.dev.yaml"], ["commit", "--quiet", "--message", "x"]):
        subprocess.run(["git", *command], check=True, env={**os.environ, **author})

    assert here.run("rollback", "--stack", "dev", "--to", "1").exit_code == 0

    assert "owner: platform-engineering" in here.file().read_text()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--stack", "dev", "--to", "9"), 1, "refused: there is no release 9. Those that succeeded are: 1, 2, 3."),
        (("--stack", "prod"), 1, "refused: nothing was ever deployed"),
        (("--stack", "nowhere"), 2, "Pulumi.nowhere.yaml: can't be read"),
    ],
)
def test_refused_in_words(here: Checkout, arguments: tuple[str, ...], code: int, words: str) -> None:
    result = here.run("rollback", *arguments)

    assert (result.exit_code, here.log()) == (code, "")
    assert words in result.stderr


def test_a_history_that_cannot_be_had_is_refused(here: Checkout) -> None:
    (here.folder / "dev.history").write_text("<html>")

    result = here.run("rollback", "--stack", "dev")

    assert (result.exit_code, here.log()) == (2, "")
    assert "the engine's history of dev can't be read" in result.stderr


def test_another_folders_toolchain_is_not_asked(here: Checkout) -> None:
    (here.folder / "toolchain" / "__main__.py").unlink()

    result = here.run("rollback", "--stack", "dev")

    assert (result.exit_code, result.stderr.splitlines()[-1][:70]) == (
        2,
        "golive rollback: the current folder is no checkout of golive. Run this",
    )


def test_an_unknown_program_is_said(here: Checkout) -> None:
    here.deployed(update(A, environment={}), update(B), update(C))

    result = here.run("rollback", "--stack", "dev", "--to", "1", "--dry-run")

    assert "note: nobody recorded which commit built release 1" in result.stdout


FREEZE = '{from: "2020-01-01", until: "2999-12-31", reason: for this test}'


def frozen(here: Checkout, rollbacks: str) -> None:
    """Freeze dev."""
    changes = f"    changes:\n      timezone: UTC\n      freezes: [{FREEZE}]\n      rollbacks: {rollbacks}\n"
    here.replace("    levels: #", f"{changes}    levels: #")


def test_a_freeze_refuses_a_rollback(here: Checkout) -> None:
    frozen(here, "refused")
    before = here.file().read_bytes()

    result = here.run("rollback", "--stack", "dev", "--to", "1")

    assert (result.exit_code, here.file().read_bytes(), here.log()) == (1, before, "")
    assert "lies in the freeze until 2999-12-31 (for this test)" in result.stderr


def test_a_rollback_comes_in_a_freeze_where_the_stack_file_says_so_and_nothing_else(here: Checkout) -> None:
    frozen(here, "allowed")

    result = here.run("rollback", "--stack", "dev", "--to", "1")

    assert result.exit_code == 0, result.output
    file = StackFile.read("dev")
    assert not closed(file.config["golive:guardrails"], file.data, "dev", now())
    assert closed(file.config["golive:guardrails"], {**file.data, "owner": "b"}, "dev", now())
