"""``golive promote`` copies releases that have soaked, and nothing else."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from golive.commands.promote import copied, running_since, unsoaked
from golive.releases.history import Release, read
from tests.support.scripted_history import Checkout, checkout, listed, moved, settings, update

STAGING, NEXT = settings("staging"), moved("marketplace", "v1.1.0", "staging")
IMAGE = "254carbon/marketplace:v1.1.0"
BEFORE = "254carbon/marketplace:v1.0.0"
DAY = timedelta(hours=24)
ENDED = datetime(2026, 3, 1, 10, 5, tzinfo=UTC)
LATER: dict[str, Any] = {"startTime": "2026-03-01T20:00:00.000Z", "endTime": "2026-03-01T20:05:00.000Z"}


def history(*operations: dict[str, object]) -> tuple[Release, ...]:
    return read(listed(*operations), "staging")


def refusals(operations: tuple[Release, ...], at: datetime, source: dict[str, Any] = NEXT) -> list[str]:
    return list(unsoaked(operations, source, ["marketplace"], DAY, at))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    """A checkout whose staging runs a release that prod does not have."""
    made = checkout(tmp_path, monkeypatch)
    made.deployed(update(STAGING), update(NEXT), stack="staging")
    made.replace("marketplace:v1.0.0", "marketplace:v1.1.0", "staging")
    return made


def test_a_soaked_release_may_come_and_one_second_earlier_not() -> None:
    operations = history(update(STAGING), update(NEXT))

    assert refusals(operations, ENDED + DAY) == []
    assert refusals(operations, ENDED + DAY - timedelta(seconds=1)) == [
        f"marketplace: '{IMAGE}' has to run 1 day, 0:00:00 in the source, and 0:00:01 are left"
    ]


def test_a_release_from_the_future_has_not_soaked() -> None:
    assert refusals(history(update(NEXT)), ENDED - timedelta(hours=1))


@pytest.mark.parametrize(
    ("between", "since"),
    [
        ([], ENDED),
        ([update(NEXT, result="failed")], ENDED),
        ([update(STAGING)], datetime(2026, 3, 1, 20, 5, tzinfo=UTC)),
        ([update(None, kind="destroy")], datetime(2026, 3, 1, 20, 5, tzinfo=UTC)),
    ],
)
def test_the_soak_begins_anew_with_every_change(between: list[dict[str, object]], since: datetime) -> None:
    operations = history(update(NEXT), *between, update(NEXT, **LATER))

    assert running_since(operations, "marketplace", IMAGE) == since


@pytest.mark.parametrize(
    ("operations", "words"),
    [
        ([], "the source has nothing deployed. Deploy it first"),
        ([update(NEXT), update(None, kind="destroy")], "the source has nothing deployed. Deploy it first"),
        ([update(NEXT), update(NEXT, result="failed")], "release 2 of the source is failed. Get it deployed first"),
        (
            [update(STAGING)],
            f"marketplace: the source's file says '{IMAGE}', and '{BEFORE}' was deployed. Deploy it first",
        ),
    ],
)
def test_what_the_source_does_not_run_is_refused(operations: list[dict[str, object]], words: str) -> None:
    assert refusals(history(*operations), ENDED + DAY) == [words]


def test_only_those_named_are_copied() -> None:
    assert copied(NEXT, settings("prod"), ["marketplace"]) == {"marketplace": {"image": IMAGE}}
    assert copied(NEXT, settings("prod"), []) == NEXT["releases"]


def test_it_copies_releases_and_nothing_else(here: Checkout) -> None:
    before = here.file("prod").read_text()

    result = here.run("promote", "--from", "staging", "--to", "prod")

    assert result.exit_code == 0, result.output
    assert here.file("prod").read_text() == before.replace("marketplace:v1.0.0", "marketplace:v1.1.0")
    assert result.stdout.splitlines() == [
        f'  releases.marketplace.image: "254carbon/marketplace:v1.0.0" -> "{IMAGE}"',
        "Pulumi.prod.yaml: review it, commit it, and deploy it with make up STACK=prod",
    ]
    assert "nothing to copy" in here.run("promote", "--from", "staging", "--to", "prod").stdout


def test_a_dry_run_changes_nothing(here: Checkout) -> None:
    before = here.file("prod").read_text()

    result = here.run("promote", "--from", "staging", "--to", "prod", "--dry-run")

    assert (result.exit_code, here.file("prod").read_text()) == (0, before)


@pytest.mark.parametrize(
    ("edit", "arguments", "words"),
    [
        (("source: staging, soak: 24h", "source: dev, soak: 24h"), (), "takes releases from dev, and not from staging"),
        (("    promotion: {source: staging, soak: 24h}\n", ""), (), "Pulumi.prod.yaml has no promotion. Add one"),
        (("soak: 24h", "soak: 999999h"), (), "are left"),
        (None, ("--service", "marketplaze"), "the source knows no service marketplaze. Did you mean 'marketplace'?"),
        (
            ("    promotion:", f"    holds:\n      x: {{reason: slow, images: ['{IMAGE}']}}\n    promotion:"),
            (),
            "which the hold x keeps back (slow)",
        ),
        (
            ('      marketplace: {image: "254carbon/marketplace:v1.0.0"}\n', ""),
            (),
            "the target knows no service marketplace. Name the others with --service.",
        ),
    ],
)
def test_refused_in_words(here: Checkout, edit: tuple[str, str] | None, arguments: tuple[str, ...], words: str) -> None:
    if edit:
        here.replace(*edit, "prod")
    before = here.file("prod").read_text()

    result = here.run("promote", "--from", "staging", "--to", "prod", *arguments)

    assert (result.exit_code, here.file("prod").read_text()) == (1, before), result.output
    assert words in result.stderr


def test_a_source_with_faults_is_refused(here: Checkout) -> None:
    here.replace('{image: "254carbon/marketplace:v1.1.0"}', "{}", "staging")

    result = here.run("promote", "--from", "staging", "--to", "prod")

    assert result.exit_code == 1
    assert "releases.marketplace.image: found nothing" in result.stderr


def test_a_release_that_violates_a_guardrail_does_not_come(here: Checkout) -> None:
    moving = moved("marketplace", "latest", "staging")
    here.deployed(update(moving), stack="staging")
    here.replace("marketplace:v1.1.0", "marketplace:latest", "staging")

    result = here.run("promote", "--from", "staging", "--to", "prod")

    assert result.exit_code == 1
    assert "golive promote: refused: image-tag-pinned: " in result.stderr
