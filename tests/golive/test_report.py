"""A report of a preview says what the guardrails saw, and no preview that ended otherwise looks clean."""

import json
from pathlib import Path
from typing import Any

import pytest
from guardrails.evaluation import transcript
from guardrails.evaluation.session import EvaluationSession
from guardrails.examples.kubernetes import a_container, declared, workload
from guardrails.exceptions.enforcement import OWN, Enforcement
from guardrails.model.resources import Resource
from guardrails.rules import RULES
from typer.testing import CliRunner, Result

from golive.commands.app import app
from golive.commands.output import Format
from golive.commands.report import told
from golive.reports import FORMATS
from tests.support.waiver_data import RULE, a_waiver, enforcing

(LATEST,) = workload(a_container(image="team/api:latest"))
ACCOUNT = declared("kubernetes:core/v1:ServiceAccount", "marketplace")
DENY = declared(
    "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    "deny",
    spec={"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
)


def written(file: Path, enforcement: Enforcement, *resources: Resource) -> Path:
    """The transcript of a whole preview."""
    trial = EvaluationSession(enforcement)
    for each in resources:
        trial.evaluate_resource(each.urn, lambda each=each: each)  # type: ignore[misc]  # the loop's own value
    trial.evaluate_stack()
    transcript.finish(trial, {transcript.VARIABLE: str(file)})
    return file


def run(file: Path, code: int, *arguments: str) -> Result:
    """Run the command with a terminal wide enough to break no line."""
    runner = CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"})
    return runner.invoke(app, ["report", str(file), "--exit-code", str(code), *arguments])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "transcript.json"


def test_a_clean_preview_ends_with_zero(file: Path) -> None:
    result = run(written(file, enforcing(None), DENY), 0)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith(f"no violations: 1 object in the preview, {len(RULES) + len(OWN)} rules\n")
    assert "\nkept everywhere: " in result.stdout
    assert "\ndid not apply: " in result.stdout


def test_a_violation_ends_with_one_and_is_located_by_its_urn(file: Path) -> None:
    result = run(written(file, enforcing(None), LATEST), 1)
    assert (result.exit_code, result.stderr) == (1, "")
    assert (
        f"FAIL {LATEST.urn} image-tag-pinned: container 'api' (Deployment shop/marketplace) runs 'team/api:latest', "
        "and latest can change under us. [spec.template.spec.containers[0].image]\n"
    ) in result.stdout


def test_what_is_wrong_with_the_stack_file_is_located_in_it(file: Path) -> None:
    result = run(written(file, enforcing({"levels": {RULE: "advisory"}}), DENY), 1)
    assert result.exit_code == 1
    assert "FAIL Pulumi.prod.yaml levels-and-waivers: Pulumi.prod.yaml: golive:guardrails.levels." in result.stdout


def test_an_advisory_violation_fails_on_request_only(file: Path) -> None:
    written(file, enforcing({"levels": {RULE: "advisory"}}, "dev"), DENY, ACCOUNT, LATEST)
    assert _told(file, 0)["summary"]["failing"] == 0
    lines = run(file, 0).stdout
    assert f"ADVICE {LATEST.urn} image-tag-pinned: " in lines
    strict = run(file, 0, "--level", "advisory")
    assert strict.exit_code == 1
    assert f"FAIL {LATEST.urn} image-tag-pinned: " in strict.stdout


def test_a_waived_violation_stays_visible(file: Path) -> None:
    written(file, enforcing({"waivers": [a_waiver()]}), DENY, ACCOUNT, LATEST)
    report = _told(file, 0)
    (waived,) = report["waived"]
    assert (waived["rule"], waived["urn"], waived["level"]) == (RULE, LATEST.urn, "mandatory")
    said = {**a_waiver(), "daysLeft": 30, "holds": True}
    assert waived["waiver"] == said
    assert report["waivers"] == [said]
    text = run(file, 0).stdout
    assert f"WAIVED {LATEST.urn} image-tag-pinned: container 'api'" in text
    assert (
        "waiver: image-tag-pinned for Deployment/shop/marketplace until 2031-03-31 (market, OPS-12): "
        "30 days left, accepts 1 finding\n"
    ) in text


@pytest.mark.parametrize("form", list(Format))
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "cannot be read (no such file or directory). Preview again."),
        ("", "it is no transcript of this version's guardrails. Preview again."),
        ("[]", "it is no transcript of this version's guardrails. Preview again."),
        ("{}", "it is no transcript of this version's guardrails. Preview again."),
        ("[" * 100_000, "it is no transcript of this version's guardrails. Preview again."),
        ('{"golive": "transcript", "schema": 2}', "it is no transcript of this version's guardrails. Preview again."),
        (
            '{"golive": "transcript", "schema": 1, "stack": "prod", "over": false}',
            "the preview of prod ended before the guardrails had judged everything. Preview again.",
        ),
        (
            '{"golive": "transcript", "schema": 1, "stack": "prod", "over": true, "rules": []}',
            "it was judged by other rules than these. Preview again.",
        ),
    ],
)
def test_no_transcript_is_never_a_clean_report(file: Path, content: str | None, says: str, form: Format) -> None:
    if content is not None:
        file.write_text(content)
    result = run(file, 0, "--format", form)
    assert result.exit_code == 2
    assert says in (result.stdout + result.stderr).replace("\\", "")
    assert "✅" not in result.stdout
    if form is Format.SARIF:
        assert json.loads(result.stdout)["runs"][0]["invocations"][0]["executionSuccessful"] is False


@pytest.mark.parametrize("form", list(Format))
def test_a_preview_that_failed_for_another_reason_is_never_clean(file: Path, form: Format) -> None:
    result = run(written(file, enforcing(None), DENY), 255, "--format", form)
    assert result.exit_code == 2
    says = "the preview ended with exit code 255, and no violation explains it. Its own output says why."
    assert says in result.stdout.replace("\\", "")


def test_a_preview_that_succeeded_in_spite_of_violations_is_refused(file: Path) -> None:
    result = run(written(file, enforcing(None), LATEST), 0)
    assert result.exit_code == 2
    assert "the preview succeeded in spite of violations. Make sure that the transcript belongs to it." in result.stdout


def test_the_exit_code_has_to_be_said(file: Path) -> None:
    result = CliRunner().invoke(app, ["report", str(written(file, enforcing(None), DENY))])
    assert result.exit_code == 2


@pytest.mark.parametrize("key", ["stack", "over", "today", "rules", "objects", "findings", "passed", "waivers"])
@pytest.mark.parametrize("value", [None, 3, "x", [3], {"x": [9]}])
def test_a_transcript_that_somebody_changed_never_crashes(file: Path, key: str, value: Any) -> None:  # noqa: ANN401 - whatever JSON can say
    said = json.loads(written(file, enforcing({"waivers": [a_waiver()]}), LATEST).read_text())
    file.write_text(json.dumps({**said, key: value}))
    result = run(file, 0)
    assert result.exit_code == 2
    assert not isinstance(result.exception, Exception) or isinstance(result.exception, SystemExit)


@pytest.mark.parametrize("form", list(FORMATS))
def test_every_format_lists_the_waivers_with_their_days(file: Path, form: str) -> None:
    written(file, enforcing({"waivers": [a_waiver()]}), DENY, ACCOUNT, LATEST)
    text = FORMATS[form](told(json.loads(file.read_text()), 0))
    assert "30 days left" in text or '"daysLeft": 30' in text
    assert "Deployment/shop/marketplace" in text
    assert "OPS-12" in text.replace("\u200b", "")


def test_a_report_goes_to_its_file(file: Path, tmp_path: Path) -> None:
    written(file, enforcing(None), DENY)
    result = run(file, 0, "--format", "sarif", "--output", str(tmp_path / "p.sarif"))
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
    (sarif,) = json.loads((tmp_path / "p.sarif").read_text())["runs"]
    assert sarif["results"] == []
    lost = run(file, 0, "--output", str(tmp_path / "no" / "p.sarif"))
    assert (lost.exit_code, lost.stderr) == (
        2,
        f"golive report: {tmp_path}/no/p.sarif cannot be written (no such file or directory).\n",
    )


def test_sarif_names_the_resource_and_the_stack_file(file: Path) -> None:
    written(file, enforcing(None), LATEST)
    (run_,) = json.loads(FORMATS["sarif"](told(json.loads(file.read_text()), 1)))["runs"]
    (about_image,) = [one for one in run_["results"] if one["ruleId"] == RULE]
    (location,) = about_image["locations"]
    assert location["physicalLocation"] == {"artifactLocation": {"uri": "Pulumi.prod.yaml"}}
    assert location["logicalLocations"][0]["fullyQualifiedName"] == (
        f"{LATEST.urn}#spec.template.spec.containers[0].image"
    )


def _told(file: Path, code: int) -> Any:  # noqa: ANN401 - whatever JSON can say
    result = run(file, code, "--format", "json")
    assert result.exit_code == code
    return json.loads(result.stdout)


def test_make_knows_every_format() -> None:
    (line,) = (
        line for line in (Path(__file__).parents[2] / "Makefile").read_text().splitlines() if line.startswith("FORMATS")
    )
    assert line.split()[2:] == list(Format)
