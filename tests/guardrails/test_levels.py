"""A stack file lowers a rule in dev and nowhere else, and whatever it gets wrong lowers nothing."""

import pytest
from guardrails import RULES
from guardrails.examples.kubernetes import a_container, workload
from guardrails.exceptions.levels import LOWERED_IN, Level
from guardrails.model.values import UNKNOWN, Plain, Unknown

from tests.support.waiver_data import FILE, RULE, complaints, enforcing, tried

LATEST = workload(a_container(image="team/api:latest"))


def test_only_dev_lowers() -> None:
    assert {"dev"} == LOWERED_IN


def test_a_lowered_rule_is_shown_and_stops_nothing() -> None:
    (finding,) = tried(enforcing({"levels": {RULE: "advisory"}}, "dev"), *LATEST)
    assert (finding.rule, finding.level, finding.blocks) == (RULE, Level.ADVISORY, False)


def test_other_rules_stay_mandatory() -> None:
    findings = tried(enforcing({"levels": {"probes": "advisory"}}, "dev"), *LATEST)
    assert [(each.rule, each.blocks) for each in findings] == [(RULE, True)]


def test_what_a_lowered_rule_cannot_decide_is_shown_too() -> None:
    unknown = workload(a_container(image=UNKNOWN))
    findings = tried(enforcing({"levels": {RULE: "advisory"}}, "dev"), *unknown)
    assert [each.level for each in findings if each.rule == RULE] == [Level.ADVISORY]


@pytest.mark.parametrize("stack", ["staging", "prod", "demo", "Dev", "dev2", ""])
def test_a_lowered_rule_is_refused_elsewhere(stack: str) -> None:
    said: Plain = {"levels": {RULE: "advisory"}}
    (fault,) = enforcing(said, stack).faults
    named = f"stack {stack}" if stack else "manifests of no named stack"
    assert fault.says == (
        f"Pulumi.{stack}.yaml: golive:guardrails.levels.{RULE}: found 'advisory'; expected mandatory: {named} lowers "
        "no rule, only dev does. Remove the line, and waive single resources for a time under waivers"
    )
    own, about_image = tried(enforcing(said, stack), *LATEST)
    assert (own.rule, own.blocks) == ("levels-and-waivers", True)
    assert (about_image.rule, about_image.blocks) == (RULE, True)


def test_saying_mandatory_is_allowed_everywhere() -> None:
    assert complaints({"levels": {rule.id: "mandatory" for rule in RULES}}) == []


@pytest.mark.parametrize("nothing", [None, {}, {"levels": None}, {"levels": {}, "waivers": []}])
def test_nothing_said_is_everything_mandatory(nothing: Plain) -> None:
    assert complaints(nothing) == []
    (finding,) = tried(enforcing(nothing), *LATEST)
    assert finding.blocks


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ("advisory", "golive:guardrails: found 'advisory'; expected a map with levels, waivers, changes"),
        ([1], "golive:guardrails: found a list; expected a map with levels, waivers, changes"),
        (True, "golive:guardrails: found true (a boolean); expected a map with levels, waivers, changes"),
        (3, "golive:guardrails: found 3 (a number); expected a map with levels, waivers, changes"),
        (
            Unknown.SECRET,
            (
                "golive:guardrails: found a value that is a secret, and hidden text cannot be judged; "
                "expected a map with levels, waivers, changes"
            ),
        ),
        (
            {"level": {}},
            "golive:guardrails.level: found an unknown key; expected one of levels, waivers, changes; did you mean",
        ),
        (
            {"levels": [RULE]},
            "golive:guardrails.levels: found a list; expected a map, for example levels: {image-tag-pinned: advisory}",
        ),
        (
            {"levels": {"image-tag-pined": "advisory"}},
            (
                "golive:guardrails.levels.image-tag-pined: found a rule that does not exist; "
                "expected the id of a rule; did you mean image-tag-pinned"
            ),
        ),
        (
            {"levels": {RULE: "disabled"}},
            (
                f"golive:guardrails.levels.{RULE}: found 'disabled'; "
                "expected advisory or mandatory; no rule is switched off"
            ),
        ),
        (
            {"levels": {RULE: {"advisory": True}}},
            f"golive:guardrails.levels.{RULE}: found a map; expected advisory or mandatory; no rule is switched off",
        ),
        (
            {"levels": {"levels-and-waivers": "advisory"}},
            (
                "golive:guardrails.levels.levels-and-waivers: found a rule that does not exist; "
                "expected the id of a rule; did you mean "
            ),
        ),
    ],
)
@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_what_is_no_level_is_refused_and_lowers_nothing(said: Plain, complaint: str, stack: str) -> None:
    (found,) = complaints(said, stack)
    assert found.startswith(complaint)
    assert all(finding.blocks for finding in tried(enforcing(said, stack), *LATEST))


def test_one_wrong_level_spoils_no_other() -> None:
    said: Plain = {"levels": {RULE: "advisory", "probes": "off"}}
    own, about_image = tried(enforcing(said, "dev"), *LATEST)
    assert (own.blocks, about_image.blocks) == (True, False)
    assert own.where == FILE.replace("prod", "dev")
