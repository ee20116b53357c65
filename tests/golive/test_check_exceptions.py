"""``golive check`` under a stack's levels and waivers: the same file as a preview reads, located by line."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from guardrails.rules import RULES

from golive.commands.output import Format
from golive.evaluation import exceptions as enforcement
from tests.support.check_runs import BAD, GOOD, IMAGES, run, write

TODAY, SOON = date(2031, 3, 1), "2031-04-10"
WAIVER = f"""\
- rule: image-tag-pinned
  resource: Pod/shop/api
  owner: market
  reason: The release of v2 waits for its audit.
  ticket: OPS-12
  expires: "{SOON}"
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("golive.commands.check.today", lambda: TODAY)
    (tmp_path / "made").mkdir()


def stack_file(name: str, *, levels: str = "", waivers: str = "") -> None:
    """Write a stack file; ``levels`` and ``waivers`` are YAML."""
    text = "config:\n  golive:settings: {}\n  golive:guardrails:\n"
    if levels:
        text += f"    levels: {levels}\n"
    if waivers:
        text += "    waivers:\n" + "".join(f"      {line}\n" for line in waivers.splitlines())
    Path(f"Pulumi.{name}.yaml").write_text(text)


def report(*arguments: str | Path) -> Any:  # noqa: ANN401 - whatever JSON can say
    """The JSON report of a run that asks about images only."""
    return json.loads(run("made", *IMAGES, "--format", "json", *arguments).stdout)


def test_a_lowered_rule_fails_nothing_unless_asked(tmp_path: Path) -> None:
    write(tmp_path, "made/pod.yaml", BAD)
    stack_file("dev", levels="{image-tag-pinned: advisory}")
    lowered = run("made", *IMAGES, "--stack", "dev")
    assert lowered.exit_code == 0
    assert lowered.stdout.startswith("ADVICE made/pod.yaml:9 image-tag-pinned: ")
    assert "no violations, 1 advisory: 1 object in 1 file, 2 rules" in lowered.stdout
    assert run("made", *IMAGES).exit_code == 1
    strict = run("made", *IMAGES, "--stack", "dev", "--level", "advisory")
    assert strict.exit_code == 1
    assert strict.stdout.startswith("FAIL made/pod.yaml:9 image-tag-pinned: ")


def test_a_rule_that_may_not_be_lowered_is_refused_at_its_line(tmp_path: Path) -> None:
    write(tmp_path, "made/pod.yaml", GOOD)
    stack_file("prod", levels="{image-tag-pinned: advisory}")
    result = run("made", *IMAGES, "--stack", "prod")
    assert result.exit_code == 1
    assert (
        "FAIL Pulumi.prod.yaml:4 levels-and-waivers: Pulumi.prod.yaml: golive:guardrails.levels.image-tag-pinned: "
        "found 'advisory'; expected mandatory: stack prod lowers no rule"
    ) in result.stdout


def test_a_waived_violation_is_shown_and_fails_nothing(tmp_path: Path) -> None:
    write(tmp_path, "made/pod.yaml", BAD)
    stack_file("prod", waivers=WAIVER)
    result = run("made", *IMAGES, "--stack", "prod")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[:3] == [
        (
            "WAIVED made/pod.yaml:9 image-tag-pinned: container 'api' (Pod shop/api) runs 'team/api:latest', "
            "and latest can change under us. [spec.containers[0].image]"
        ),
        "     fix: Name a version tag or a digest in releases.<service>.image. (production:41)",
        f"     waived until {SOON} by market (OPS-12): The release of v2 waits for its audit.",
    ]
    assert "no violations, 1 waived: 1 object in 1 file, 2 rules" in result.stdout
    assert f"until {SOON} (market, OPS-12): 40 days left, accepts 1 finding" in result.stdout


def test_a_waiver_that_no_manifest_needs_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "made/pod.yaml", GOOD)
    stack_file("prod", waivers=WAIVER)
    (finding,) = report("--stack", "prod")["findings"]
    assert (finding["rule"], finding["file"], finding["line"]) == ("levels-and-waivers", "Pulumi.prod.yaml", 5)
    assert "that nothing needs" in finding["message"]


def test_waivers_may_stand_in_a_file_of_their_own(tmp_path: Path) -> None:
    write(tmp_path, "made/pod.yaml", BAD)
    Path("waivers.yaml").write_text("waivers:\n" + WAIVER)
    assert run("made", *IMAGES, "--guardrails", "waivers.yaml").exit_code == 0
    assert report("--guardrails", "waivers.yaml")["summary"]["waived"] == 1
    Path("waivers.yaml").write_text("levels: {image-tag-pinned: advisory}\n")
    (own, about_image) = report("--guardrails", "waivers.yaml")["findings"]
    assert (own["file"], own["line"]) == ("waivers.yaml", 1)
    assert own["message"].startswith(
        "waivers.yaml: levels.image-tag-pinned: found 'advisory'; expected mandatory: mani"
    )
    assert about_image["level"] == "mandatory"
    assert run("made", *IMAGES, "--guardrails", "waivers.yaml", "--stack", "dev").exit_code == 0


def test_a_bare_date_is_named_for_what_it_is(tmp_path: Path) -> None:
    write(tmp_path, "made/pod.yaml", BAD)
    stack_file("prod", waivers=WAIVER.replace('"', ""))
    own, _ = report("--stack", "prod")["findings"]
    assert own["message"] == (
        "Pulumi.prod.yaml: golive:guardrails.waivers[0].expires: "
        "found a bare date, which readers turn into a moment; expected text; put it in quotes."
    )
    assert own["line"] == 10


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            None,
            "Pulumi.prod.yaml: can't be read\n  found no such file; expected a stack file, ",
        ),
        ("a: [", "Pulumi.prod.yaml: can't be read\n  line 1: found text that is not YAML"),
        (
            "config: {golive:settings: {}, golive:guardrail: {}}",
            "found the key golive:guardrail under config; expected",
        ),
        (
            "config: {golive:settings: {}, golive:guardrails: {waivers: [{secure: AAAA}]}}",
            "line 1: waivers[0]: found an encrypted value; expected plain text",
        ),
    ],
)
def test_a_file_that_cannot_be_read_stops_the_run(tmp_path: Path, text: str | None, says: str) -> None:
    write(tmp_path, "made/pod.yaml", GOOD)
    if text is not None:
        Path("Pulumi.prod.yaml").write_text(text)
    result = run("made", "--stack", "prod")
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in result.stderr


def test_the_rule_about_the_stack_file_cannot_be_left_out(tmp_path: Path) -> None:
    write(tmp_path, "made/pod.yaml", GOOD)
    for option in ("--skip", "--rule"):
        result = run("made", option, "levels-and-waivers")
        assert (result.exit_code, result.stderr) == (
            2,
            "golive check: levels-and-waivers is asked of every stack file and can be neither chosen nor skipped.\n",
        )


def test_a_sound_file_passes_its_own_rule(tmp_path: Path) -> None:
    write(tmp_path, "made/pod.yaml", BAD)
    stack_file("prod", waivers=WAIVER)
    said = report("--stack", "prod")
    assert "levels-and-waivers" in {one["rule"] for one in said["passed"]}
    assert said["summary"]["kept"] == ["levels-and-waivers"]


@pytest.mark.parametrize("form", list(Format))
def test_every_format_says_which_rules_were_not_asked(tmp_path: Path, form: Format) -> None:
    write(tmp_path, "made/pod.yaml", GOOD)
    text = run("made", "--skip", "probes", "--format", form).stdout
    assert "probes" in text
    assert any(word in text for word in ("not asked", "notAsked", "Not asked"))
    if form is Format.JSON:
        assert json.loads(text)["summary"]["notAsked"] == ["probes"]
    if form is Format.SARIF:
        (invocation,) = json.loads(text)["runs"][0]["invocations"]
        assert invocation["toolConfigurationNotifications"] == [
            {
                "level": "warning",
                "message": {"text": "Left out by --rule or --skip, so nothing is known of them: probes."},
            }
        ]


def test_a_whole_run_says_nothing_of_the_kind(tmp_path: Path) -> None:
    write(tmp_path, "made/pod.yaml", GOOD)
    assert "not asked" not in run("made").stdout
    assert f"{len(RULES)} rules\n" in run("made").stdout


def test_the_day_is_the_day_in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    class Late(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> "Late":  # noqa: ANN401 - as the original
            assert tz is UTC
            return cls(2031, 3, 1, 23, 59, tzinfo=UTC)

    monkeypatch.setattr(enforcement, "datetime", Late)
    assert enforcement.today().isoformat() == "2031-03-01"
