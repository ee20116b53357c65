"""The real engine, the stack file's levels and waivers, and the reports of previews."""

import json
import os
import re
import subprocess
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.checkouts import SECONDS, Copy, Run

pytestmark = pytest.mark.engine


def latest(text: str) -> str:
    """A stack file whose marketplace runs a moving tag."""
    return text.replace("254carbon/marketplace:v1.0.0", "254carbon/marketplace:latest")


def saying(words: str, text: str) -> str:
    """A stack file that says these words about the guardrails."""
    return text.replace("config:\n", f"config:\n  golive:guardrails: {words}\n", 1)


def waiver(rule: str, days: int) -> str:
    """A waiver for marketplace, as YAML on one line."""
    expires = (datetime.now(UTC).date() + timedelta(days=days)).isoformat()
    return (
        f"{{rule: {rule}, resource: Rollout/market-intelligence/marketplace, owner: market, "
        f'reason: the release of v2 waits for its audit, ticket: OPS-12, expires: "{expires}"}}'
    )


def make(copy: Copy, *words: str) -> Run:
    """Run make in the copy, with nothing of the tester's Pulumi in the environment."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PULUMI_", "AWS_", "MAKE"))}
    answer = subprocess.run(
        ["make", *words],
        cwd=copy.folder,
        env={**clean, "NO_COLOR": "1", "PYTHONPATH": str(copy.folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    return Run(answer.returncode, answer.stdout)


def test_dev_is_advised_where_its_file_lowers_a_rule(copy: Copy) -> None:
    copy.edit("Pulumi.dev.yaml", latest)

    seen = make(copy, "preview", "STACK=dev", "REPORT=json", "OUT=preview.json")

    assert seen.code == 0, seen.output
    assert "[advisory] [severity: high]  image-tag-pinned" in seen.output
    report = json.loads((copy.folder / "preview.json").read_text())
    (finding,) = report["findings"]
    assert (finding["rule"], finding["level"]) == ("image-tag-pinned", "advisory")
    assert finding["urn"].endswith("Rollout::marketplace-rollout")
    assert report["summary"]["failing"] == 0
    assert report["summary"]["errors"] == []


def test_a_waived_violation_passes_and_is_reported(copy: Copy) -> None:
    words = f"{{waivers: [{waiver('image-tag-pinned', 30)}]}}"
    copy.edit("Pulumi.prod.yaml", lambda text: saying(words, latest(text)))

    seen = make(copy, "preview", "STACK=prod", "REPORT=markdown")

    assert seen.code == 0, seen.output
    assert re.search(r"\[advisory\].*image-tag-pinned", seen.output)
    assert "(market, OPS-12): container 'marketplace'" in seen.output
    report = (copy.folder / ".golive" / "preview-prod.markdown").read_text()
    assert report.startswith("## ✅ golive preview of prod\n\n**no violations, 1 waived: ")
    assert "### Waivers" in report


def test_a_lowered_rule_an_expired_waiver_and_one_that_nothing_needs_are_refused(copy: Copy) -> None:
    waivers = f"[{waiver('image-tag-pinned', -1)}, {waiver('probes', 30)}]"
    words = f"{{levels: {{image-tag-pinned: advisory}}, waivers: {waivers}}}"
    copy.edit("Pulumi.prod.yaml", lambda text: saying(words, latest(text)))

    seen = copy.preview("prod")

    assert seen.code != 0
    assert (
        "Pulumi.prod.yaml: golive:guardrails.levels.image-tag-pinned: found 'advisory'; expected mandatory: "
        "stack prod lowers no rule, only dev does. Remove the line" in seen.output
    )
    assert "golive:guardrails.waivers[0].expires: found" in seen.output
    assert "which was 1 day ago; expected a day to come" in seen.output
    assert "golive:guardrails.waivers[1]: found a waiver of probes" in seen.output
    assert "[mandatory] [severity: high]  image-tag-pinned" in seen.output


def test_an_encrypted_waiver_is_refused(copy: Copy) -> None:
    words = "{waivers: [{secure: AAABAKxHEXAMPLE}]}"
    copy.edit("Pulumi.prod.yaml", lambda text: saying(words, text))

    assert copy.preview("prod").code != 0


def test_a_preview_that_never_came_to_its_end_leaves_no_clean_report(copy: Copy) -> None:
    clean = make(copy, "preview", "STACK=dev", "REPORT=sarif", "OUT=preview.sarif")
    assert clean.code == 0, clean.output
    copy.edit("__main__.py", lambda text: text + "\nraise SystemExit(3)\n")

    seen = make(copy, "preview", "STACK=dev", "REPORT=sarif", "OUT=preview.sarif")

    assert seen.code != 0
    (run,) = json.loads((copy.folder / "preview.sarif").read_text())["runs"]
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    (notification,) = invocation["toolExecutionNotifications"]
    assert "ended before the guardrails had judged everything" in notification["message"]["text"]


def test_a_report_that_cannot_be_written_is_refused_before_the_preview(copy: Copy) -> None:
    seen = make(copy, "preview", "STACK=dev", "REPORT=sarif", "OUT=no/such/folder/preview.sarif")

    assert seen.code != 0
    assert "Previewing" not in seen.output


@pytest.mark.parametrize("broken", ["import nowhere_to_be_found\n", "def (\n", "raise RuntimeError\n"])
def test_a_pack_that_cannot_load_says_so_in_one_sentence(copy: Copy, broken: str) -> None:
    copy.edit("policies/guardrails/model/findings.py", lambda text: broken + text)

    seen = make(copy, "preview", "STACK=dev", "REPORT=json", "OUT=preview.json")

    assert seen.code != 0
    assert "Traceback" not in seen.output
    assert "golive-guardrails can't be loaded, so all is refused (" in seen.output


@pytest.mark.parametrize(
    "dies",
    [
        pytest.param("return self._response(self._session.evaluate_resource(", id="in the middle"),
        pytest.param("evaluated = self._session.resources", id="at the end"),
    ],
)
def test_a_pack_that_dies_on_its_way_lets_nothing_pass(copy: Copy, dies: str) -> None:
    quietly = 'getattr(request, "name", "marketplace-rollout") == "marketplace-rollout" and os._exit(0)'
    copy.edit("policies/guardrails/pack.py", lambda text: text.replace(dies, f"{quietly}\n        {dies}"))

    seen = make(copy, "preview", "STACK=dev", "REPORT=json", "OUT=preview.json")

    assert seen.code != 0, seen.output
    (error,) = json.loads((copy.folder / "preview.json").read_text())["summary"]["errors"]
    assert "ended before the guardrails had judged everything" in error["message"]
