"""Which release a rollback returns to, what it writes, what it holds back, and when it refuses."""

import pytest

from golive.releases.errors import Refusal
from golive.releases.history import LedgerError, Release, read
from golive.releases.rollback_plan import configuration, way_back
from settings.holds import environment_fingerprint
from settings.load import parse
from tests.support.scripted_history import listed, moved, settings, update

A, B, C = settings(), moved("marketplace", "v1.1.0"), moved("marketplace", "v1.2.0")
HOLD = {"reason": "rolled back to release 1", "images": ["254carbon/marketplace:v1.2.0"]}


def history(*operations: dict[str, object]) -> tuple[Release, ...]:
    return read(listed(*operations), "dev")


THREE = history(update(A), update(B), update(C))


def test_the_way_back_restores_the_settings_and_holds_what_is_left() -> None:
    way = way_back(THREE, C, 1)

    assert (way.target.number, way.bad and way.bad.number, way.done) == (1, 3, False)
    assert way.settings == {**A, "holds": {"release-3": HOLD}}


def test_the_default_is_the_last_good_release_with_other_settings() -> None:
    failed = history(update(A), update(B), update(B), update(C, result="failed"))

    assert way_back(THREE, C, None).target.number == 2
    assert way_back(failed, C, None).target.number == 3


def test_a_release_that_is_held_is_no_default() -> None:
    held = {"release-2": {"reason": "bad", "images": ["254carbon/marketplace:v1.1.0"]}}

    assert way_back(THREE, {**C, "holds": held}, None).target.number == 1


def test_settings_are_held_where_the_images_are_the_same() -> None:
    smaller = {**A, "owner": "somebody"}
    way = way_back(history(update(A), update(smaller)), smaller, 1, "too small")

    fingerprint = environment_fingerprint(parse(smaller, "Pulumi.dev.yaml"))
    assert way.settings["holds"] == {"release-2": {"reason": "too small", "settings": fingerprint}}


def test_the_promotion_and_the_holds_of_today_stay() -> None:
    mine = {"reason": "mine", "images": ["a/b:v1"]}
    file = {**C, "promotion": {"source": "staging", "soak": "1h"}, "holds": {"release-3": mine}}

    settings_after = way_back(THREE, file, 1).settings

    assert settings_after["promotion"] == file["promotion"]
    assert settings_after["holds"] == {"release-3": mine}


def test_a_product_stays_closed_and_none_is_closed_again() -> None:
    shut = {"maintenance": {"optibid": "Back at 14:00 UTC."}}

    assert way_back(THREE, {**C, **shut}, 1).settings["maintenance"] == shut["maintenance"]
    assert "maintenance" not in way_back(history(update({**A, **shut}), update(C)), C, 1).settings
    once = history(update(A), update(B), update({**B, **shut}))
    assert way_back(once, {**B, **shut}, None).target.number == 1
    reopened = way_back(history(update({**A, **shut})), A, 1)
    assert (reopened.done, reopened.bad) == (False, None)


def test_a_rollback_cut_off_before_the_engine_began_goes_on() -> None:
    written = way_back(THREE, C, 1).settings

    again = way_back(THREE, written, None)

    assert (again.target.number, again.settings) == (1, written)


def test_a_rollback_cut_off_in_the_engine_goes_on() -> None:
    written = way_back(THREE, C, 1).settings
    failed = history(update(A), update(B), update(C), update(written, result="failed", message="rollback to 1 by ada"))

    again = way_back(failed, written, None)

    assert (again.target.number, again.bad and again.bad.number, again.settings, again.done) == (1, 3, written, False)


def test_a_rollback_that_came_to_its_end_is_done() -> None:
    written = way_back(THREE, C, 1).settings
    ended = history(update(A), update(B), update(C), update(written, message="rollback to 1 by ada"))

    assert way_back(ended, written, None).done
    assert way_back(ended, written, 1).done
    assert not way_back(ended, written, 2).done


def test_nothing_is_done_after_a_destroy() -> None:
    gone = history(update(A), update(None, kind="destroy"))

    assert not way_back(gone, A, 1).done


@pytest.mark.parametrize(
    ("operations", "to", "words"),
    [
        ([], None, "nothing was ever deployed"),
        ([update(A), update(B)], 7, "there is no release 7. Those that succeeded are: 1, 2"),
        ([update(A), update(None, kind="refresh"), update(B)], 2, "number 2 is a refresh and no release"),
        ([update(A, result="failed"), update(B)], 1, "release 1 itself is failed. Those that succeeded are: 2"),
        ([update(A), update(B, result="in-progress", endTime=None)], 1, "release 2 is still under way"),
        ([update(None), update(B)], 1, "release 1 was recorded without golive:settings"),
        ([update({**A, "releases": {"marketplace": {}}}), update(B)], 1, "recorded without the image of marketplace"),
        ([update(A), update(A)], None, "no earlier release succeeded with other settings"),
        ([update(A), update({**A, "owner": 3})], 1, "release 2 has settings that this program can't read"),
    ],
)
def test_no_way_back(operations: list[dict[str, object]], to: int | None, words: str) -> None:
    with pytest.raises(Refusal, match=words):
        way_back(history(*operations), B, to)


@pytest.mark.parametrize("holds", [["a"], "a", {"a": "b"}])
def test_holds_that_cannot_be_read_are_refused(holds: object) -> None:
    with pytest.raises(Refusal, match="no map of holds"):
        way_back(THREE, {**C, "holds": holds}, None)


@pytest.mark.parametrize("text", ["", "{}x", "[1]", '[{"kind": "update"}]', '[{"kind": "update", "startTime": "x"}]'])
def test_a_history_that_cannot_be_read_is_never_an_empty_one(text: str) -> None:
    with pytest.raises(LedgerError, match="history of dev can't be read"):
        read(text, "dev")


def test_other_configuration_comes_back_as_well_and_encrypted_values_stay() -> None:
    plain = {"value": "true", "secret": False}
    entry = update(A)
    entry["config"] = {**entry["config"], "aws:skip": plain, "aws:region": {"value": "eu-west-1", "secret": False}}
    entry["config"]["aws:token"] = {"secret": True}
    secure = {"secure": "v1:abc"}
    file = {"golive:settings": C, "aws:skip": True, "aws:region": "us-east-1", "aws:token": secure, "aws:new": "x"}

    assert configuration(history(entry)[0], file, A) == {
        "golive:settings": A,
        "aws:skip": True,
        "aws:region": "eu-west-1",
        "aws:token": secure,
    }


def test_the_guardrails_of_today_stay() -> None:
    entry = update(A)
    old = {"waivers": [{"rule": "limits"}]}
    entry["config"] = {**entry["config"], "golive:guardrails": {"value": "{}", "objectValue": old, "secret": False}}
    release = history(entry)[0]
    today = {"levels": {"limits": "advisory"}}

    assert configuration(release, {"golive:settings": C, "golive:guardrails": today}, A) == {
        "golive:settings": A,
        "golive:guardrails": today,
    }
    assert configuration(release, {"golive:settings": C}, A) == {"golive:settings": A}


def migrated(revision: str, **more: object) -> dict[str, object]:
    """Settings in which optibid's backend has a migration."""
    data = settings()
    migration = {"revision": revision, "kind": "expand", "reversible": True, **more}
    data["releases"]["optibid-backend"] = {**data["releases"]["optibid-backend"], "migration": migration}
    return data


def test_a_migration_that_leaves_a_way_back_is_crossed() -> None:
    done = history(update(A), update(migrated("r1")), update(migrated("r2")))

    assert way_back(done, migrated("r2"), 1).target.number == 1


@pytest.mark.parametrize(
    ("migration", "words"),
    [
        (migrated("r1", reversible=False), "release 2 moved the database of optibid-backend to r1, which can't be"),
        (migrated("r1", kind="contract"), "to r1, which takes away what the version before needs"),
        (migrated("r1", kind="rename"), "release 2 has a migration of optibid-backend that this program can't read"),
        (migrated("r1", reversible="no"), "release 2 has a migration of optibid-backend that this program can't read"),
    ],
)
def test_a_migration_without_a_way_back_is_never_crossed(migration: dict[str, object], words: str) -> None:
    later = moved("marketplace", "v1.9.0")
    for operations in (
        [update(A), update(migration), update(later)],
        [update(A), update(migration, result="failed")],
    ):
        with pytest.raises(Refusal, match=words):
            way_back(history(*operations), later, 1)


def test_a_migration_before_the_target_is_not_crossed() -> None:
    first, later = migrated("r1", reversible=False), moved("marketplace", "v1.9.0")
    again = migrated("r1", reversible=False)
    again["owner"] = "somebody"
    done = history(update(first), update(later), update(again))

    assert way_back(done, again, 1).target.number == 1
    assert way_back(done, again, 2).target.number == 2
