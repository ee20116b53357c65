"""``golive hold`` writes what a release brought into the stack file; ``golive lift`` takes it out again."""

from pathlib import Path

import pytest

from tests.support.scripted_history import Checkout, checkout, moved, settings, update

A, B = settings(), moved("marketplace", "v1.1.0")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    made = checkout(tmp_path, monkeypatch)
    made.deployed(update(A), update(B))
    return made


def hold(here: Checkout, release: int) -> str:
    result = here.run("hold", "--stack", "dev", "--release", str(release), "--reason", "too many errors")
    return result.output if result.exit_code else ""


def test_a_held_release_is_refused_until_the_hold_is_lifted(here: Checkout) -> None:
    original = here.file().read_text()

    assert hold(here, 2) == ""
    held = here.file().read_text()
    here.replace("marketplace:v1.0.0", "marketplace:v1.1.0")
    refused = here.run("settings", "check", "Pulumi.dev.yaml")
    here.file().write_text(held)
    lifted = here.run("lift", "release-2", "--stack", "dev")

    assert refused.exit_code == 1
    assert "which the hold release-2 keeps back (too many errors)" in refused.stderr
    assert (lifted.exit_code, lifted.stdout) == (
        0,
        "Pulumi.dev.yaml: the hold release-2 is lifted (too many errors)\n",
    )
    assert here.file().read_text() == original


@pytest.mark.parametrize(
    ("release", "words"),
    [(7, "there is no release 7. The releases are: 1, 2"), (1, "no other release succeeded before 1")],
)
def test_no_hold_without_a_release_to_name(here: Checkout, release: int, words: str) -> None:
    before = here.file().read_text()

    assert words in hold(here, release)
    assert here.file().read_text() == before


@pytest.mark.parametrize("arguments", [("hold", "--release", "2", "--reason", "slow"), ("lift", "release-2")])
def test_a_file_with_faults_is_refused_as_it_is(here: Checkout, arguments: tuple[str, ...]) -> None:
    here.file().write_text(here.file().read_text() + "    holds: [a]\n")
    before = here.file().read_text()

    result = here.run(*arguments, "--stack", "dev")

    assert (result.exit_code, here.file().read_text()) == (1, before)
    assert "holds: found a list of 1; expected a map" in result.stderr


def test_no_lift_without_a_hold(here: Checkout) -> None:
    assert here.run("lift", "release-2", "--stack", "dev").stderr == (
        "golive lift: refused: Pulumi.dev.yaml has no hold release-2. The holds are: none.\n"
        "golive lift: nothing was changed.\n"
    )
    assert hold(here, 2) == ""
    assert "Did you mean 'release-2'?" in here.run("lift", "release-3", "--stack", "dev").stderr
