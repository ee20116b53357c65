"""A stack is deployed in its windows and in no freeze; a time zone or an entry that can't be read opens nothing."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from guardrails.exceptions.change_windows import NOT_DEPLOYED, Moment, asked_for
from guardrails.exceptions.enforcement import WINDOW
from guardrails.exceptions.levels import Level
from guardrails.model.values import Plain, Unknown
from pulumi.runtime import proto

from settings import holds
from tests.support.rule_forms import ADVISORY, MANDATORY, analyzer
from tests.support.waiver_data import complaints, enforcing

WEEK: dict[str, Plain] = {"days": ["mon", "tue", "wed", "thu"], "from": "09:00", "until": "16:00"}
QUIET: dict[str, Plain] = {"from": "2031-12-20", "until": "2032-01-02", "reason": "The end of the year."}
NEW_YORK: dict[str, Plain] = {"timezone": "America/New_York", "windows": [WEEK], "freezes": [QUIET]}
SETTINGS: dict[str, Plain] = {"owner": "a", "releases": {"api": {"image": "api:v1"}}}


def closed(at: str, said: dict[str, Plain], settings: Plain = None) -> str:
    """Why nothing may be deployed at a time in UTC."""
    moment = Moment(now=datetime.fromisoformat(f"{at}+00:00"), deploying=True, settings=settings)
    enforcement = enforcing({"changes": said})
    assert enforcement.faults == ()
    return enforcement.at(moment).closed


@pytest.mark.parametrize(
    ("at", "why"),
    [
        ("2031-03-03T14:00", ""),
        ("2031-03-03T20:59", ""),
        ("2031-03-03T13:59", "Monday 2031-03-03 08:59 EST lies in no change window"),
        ("2031-03-03T21:00", "Monday 2031-03-03 16:00 EST lies in no change window"),
        ("2031-03-10T13:00", ""),
        ("2031-03-10T20:00", "Monday 2031-03-10 16:00 EDT lies in no change window"),
        ("2031-03-07T15:00", "Friday 2031-03-07 10:00 EST lies in no change window"),
        (
            "2031-12-22T15:00",
            "Monday 2031-12-22 10:00 EST lies in the freeze until 2032-01-02 (The end of the year)",
        ),
        ("2031-12-20T04:59", "Friday 2031-12-19 23:59 EST lies in no change window"),
        (
            "2031-12-20T05:00",
            "Saturday 2031-12-20 00:00 EST lies in the freeze until 2032-01-02 (The end of the year)",
        ),
        (
            "2032-01-03T04:59",
            "Friday 2032-01-02 23:59 EST lies in the freeze until 2032-01-02 (The end of the year)",
        ),
        ("2032-01-05T15:00", ""),
    ],
)
def test_windows_and_freezes_are_of_the_zone(at: str, why: str) -> None:
    assert closed(at, NEW_YORK) == why


def test_without_windows_any_time_is_well_but_a_freeze() -> None:
    assert closed("2031-03-08T03:00", {"timezone": "UTC", "freezes": [QUIET]}) == ""
    assert closed("2031-12-21T03:00", {"timezone": "UTC", "freezes": [QUIET]})
    assert closed("2031-03-08T03:00", {"timezone": "UTC"}) == ""


def test_a_day_ends_at_24() -> None:
    whole: Plain = {"days": ["sat"], "from": "00:00", "until": "24:00"}

    assert closed("2031-03-08T23:59", {"timezone": "UTC", "windows": [whole]}) == ""
    assert closed("2031-03-09T00:00", {"timezone": "UTC", "windows": [whole]})


def test_a_rollback_may_come_at_any_time_where_the_file_says_so() -> None:
    back: Plain = {"release": 3, "settings": asked_for(SETTINGS)}
    said = {**NEW_YORK, "rollbacks": "allowed", "rollback": back}
    frozen = "2031-12-22T15:00"

    assert closed(frozen, said, SETTINGS) == ""
    assert closed(frozen, said, {**SETTINGS, "holds": {"release-4": {}}}) == ""
    assert closed(frozen, said, {**SETTINGS, "owner": "b"})
    assert closed(frozen, said, Unknown.SECRET)
    assert closed(frozen, {**said, "rollbacks": "refused"}, SETTINGS)
    assert closed(frozen, {**NEW_YORK, "rollback": back}, SETTINGS)
    assert closed(frozen, {**NEW_YORK, "rollbacks": "allowed"}, SETTINGS)
    assert closed(frozen, {**NEW_YORK, "rollbacks": "allowed"}, None)


def test_what_is_not_deployed_is_the_settings_own_list() -> None:
    assert set(NOT_DEPLOYED) == holds.NOT_DEPLOYED


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("always", "golive:guardrails.changes: found 'always'; expected a map with timezone, windows"),
        ({"windows": [WEEK]}, "golive:guardrails.changes.timezone: found nothing; expected a time zone"),
        ({"timezone": "Mars/Olympus"}, "changes.timezone: found 'Mars/Olympus'; expected a time zone"),
        ({"timezone": "../etc/passwd"}, "changes.timezone: found '../etc/passwd'"),
        ({"timezone": "America"}, "changes.timezone: found 'America'"),
        ({"timezone": 3}, "changes.timezone: found 3 (a number)"),
        ({"timezone": Unknown.SECRET}, "changes.timezone: found a value that is a secret"),
        ({"timezone": "UTC", "window": []}, "changes.window: found an unknown key"),
        ({"timezone": "UTC", "windows": []}, "changes.windows: found an empty list; expected a list of at least one"),
        ({"timezone": "UTC", "windows": None}, "changes.windows: found nothing; expected a list of at least one"),
        ({"timezone": "UTC", "freezes": None}, "changes.freezes: found nothing; expected a list of at least one"),
        ({"timezone": "UTC", "windows": [{**WEEK, "days": ["noday"]}]}, "windows[0].days: found ['noday']; expected a"),
        ({"timezone": "UTC", "windows": [{**WEEK, "days": []}]}, "windows[0].days: found []; expected a list of days"),
        ({"timezone": "UTC", "windows": [{**WEEK, "days": "mon"}]}, "windows[0].days: found 'mon'; expected a list of"),
        ({"timezone": "UTC", "windows": [{**WEEK, "days": ["mon", "mon"]}]}, "days: found ['mon', 'mon']"),
        ({"timezone": "UTC", "windows": [{**WEEK, "from": "9:00"}]}, "windows[0].from: found '9:00'; expected a time"),
        ({"timezone": "UTC", "windows": [{**WEEK, "until": "25:00"}]}, "windows[0].until: found '25:00'; expected a t"),
        ({"timezone": "UTC", "windows": [{**WEEK, "more": 1}]}, "windows[0].more: found an unknown key"),
        (
            {"timezone": "UTC", "windows": [{**WEEK, "from": "22:00", "until": "02:00"}]},
            (
                "windows[0].until: found '02:00', with from '22:00'; expected a later time of the same day; for hours "
                'over midnight write two windows, one until "24:00" and one from "00:00" of the next day'
            ),
        ),
        ({"timezone": "UTC", "windows": ["mon"]}, "changes.windows[0]: found 'mon'; expected a map, for example {days"),
        (
            {"timezone": "UTC", "freezes": [{**QUIET, "until": "2031-12-19"}]},
            "until: found '2031-12-19', with from '2031-12-20'",
        ),
        (
            {"timezone": "UTC", "freezes": [{**QUIET, "from": "20 December"}]},
            "from: found '20 December'; expected a day",
        ),
        (
            {"timezone": "UTC", "freezes": [{**QUIET, "from": "2031-02-30"}]},
            "from: found '2031-02-30'; expected a day, in",
        ),
        ({"timezone": "UTC", "freezes": [{**QUIET, "reason": " "}]}, "freezes[0].reason: found ' '; expected why"),
        (
            {"timezone": "UTC", "freezes": [{"from": "2031-12-20", "until": "2031-12-21"}]},
            "reason: found nothing; expected why",
        ),
        ({"timezone": "UTC", "windows": {"days": []}}, "changes.windows: found a map; expected a list of at least one"),
        ({"timezone": "UTC", "rollbacks": True}, "changes.rollbacks: found true (a boolean); expected allowed or"),
        ({"timezone": "UTC", "rollback": {"release": 3, "settings": "abc"}}, "changes.rollback: found {release: 3"),
        ({"timezone": "UTC", "rollback": "3"}, "expected what golive rollback wrote. Remove it"),
    ],
)
def test_refuses(said: Plain, words: str) -> None:
    (complaint,) = complaints({"changes": said})
    assert words in complaint


def told(*, dry_run: bool, said: object, times: int = 1) -> list[tuple[str, int]]:
    """What the pack answers the engine, at the first resource of each phase."""
    evaluate: Any = analyzer()
    config = {"golive:guardrails": json.dumps(said), "golive:settings": json.dumps(SETTINGS)}
    found = []
    for _ in range(times):
        asked = proto.AnalyzerStackConfigureRequest(stack="prod", dry_run=dry_run, config=config)
        evaluate.ConfigureStack(asked, None)
        lines = evaluate.AnalyzeStack(proto.AnalyzeStackRequest(), None).diagnostics
        found += [(line.policyName, line.enforcementLevel) for line in lines]
    return found


def test_a_deployment_is_stopped_and_a_preview_shows_why() -> None:
    always: dict[str, Any] = {
        "changes": {"timezone": "UTC", "freezes": [{**QUIET, "from": "2020-01-01", "until": "2999-12-31"}]}
    }

    assert told(dry_run=False, said=always) == [(WINDOW.id, MANDATORY)]
    assert told(dry_run=True, said=always) == [(WINDOW.id, ADVISORY)]
    assert told(dry_run=False, said=always, times=2) == [(WINDOW.id, MANDATORY)] * 2
    never = {"changes": {"timezone": "UTC", "freezes": [QUIET]}}
    assert told(dry_run=False, said=never) == []


def test_no_waiver_and_no_level_opens_a_window() -> None:
    said: Plain = {"levels": {WINDOW.id: "advisory"}, "changes": NEW_YORK}
    enforcement = enforcing(said, "dev").at(Moment(now=datetime(2031, 12, 22, 15, tzinfo=UTC), deploying=True))

    assert [fault.path for fault in enforcement.faults] == ["golive:guardrails.levels.change-window"]
    assert [(each.rule, each.level) for each in enforcement.own()][-1] == (WINDOW.id, Level.MANDATORY)


def test_who_only_judges_manifests_is_not_stopped() -> None:
    assert enforcing({"changes": NEW_YORK}).own() == []
