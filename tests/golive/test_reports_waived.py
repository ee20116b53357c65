"""Waived and advisory breaches are shown in every format as what they are, and fail nothing."""

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date

from guardrails.exceptions.levels import Level
from guardrails.exceptions.waivers import Waiver

from golive.reports import as_json, as_markdown, as_text
from golive.reports.model import Report
from tests.golive.test_reports import API, RULE, WEB, a_finding, a_report, junit, sarif
from tests.support.waiver_data import TODAY

WAIVER = Waiver(
    rule=RULE.id,
    resource="Deployment/shop/api",
    owner="market",
    reason="The release of v2 waits for its audit.",
    ticket="OPS-12",
    expires=date(2031, 3, 31),
    path="waivers[0]",
)
ADVISORY = replace(a_finding(WEB), level=Level.ADVISORY.value)
WAIVED = replace(a_finding(API), waiver=WAIVER)


def report() -> Report:
    """One advisory and one waived breach."""
    made = a_report(ADVISORY, passed=())
    return replace(made, waived=(WAIVED,), waivers=(WAIVER,), today=TODAY, not_asked=("probes",))


def test_nothing_fails() -> None:
    assert report().is_clean
    assert report().verdict == "no violations, 1 advisory, 1 waived: 2 objects in 1 file, 2 rules (1 not asked)"
    assert RULE.id not in report().kept


def test_advice_fails_where_that_is_wanted() -> None:
    strict = replace(report(), fails_from=Level.ADVISORY)
    assert [found.subject for found in strict.failing] == [WEB]
    assert strict.verdict.startswith("1 violation, 1 waived: ")


def test_text() -> None:
    assert as_text.write(report()).splitlines() == [
        "ADVICE a b.yaml:5 image-tag-pinned: api is wrong. [spec.image]",
        f"     fix: {RULE.fix} (production:41)",
        "WAIVED a b.yaml:5 image-tag-pinned: api is wrong. [spec.image]",
        f"     fix: {RULE.fix} (production:41)",
        "     waived until 2031-03-31 by market (OPS-12): The release of v2 waits for its audit.",
        "",
        "no violations, 1 advisory, 1 waived: 2 objects in 1 file, 2 rules (1 not asked)",
        "  image-tag-pinned: 1",
        "passed: 0 judgements of a rule on an object",
        "not asked, so nothing is known of them: probes",
        (
            "waiver: image-tag-pinned for Deployment/shop/api until 2031-03-31 (market, OPS-12): "
            "30 days left, accepts 1 finding"
        ),
        "did not apply: namespace-default-deny",
    ]


def test_json() -> None:
    said = json.loads(as_json.write(report()))
    waiver = {
        "rule": "image-tag-pinned",
        "resource": "Deployment/shop/api",
        "owner": "market",
        "reason": "The release of v2 waits for its audit.",
        "ticket": "OPS-12",
        "expires": "2031-03-31",
        "daysLeft": 30,
        "holds": True,
    }
    assert [(found["name"], found["level"]) for found in said["findings"]] == [("web", "advisory")]
    assert [(found["name"], found["waiver"]) for found in said["waived"]] == [("api", waiver)]
    assert said["waivers"] == [waiver]
    assert {key: said["summary"][key] for key in ("findings", "failing", "waived", "notAsked")} == {
        "findings": 1,
        "failing": 0,
        "waived": 1,
        "notAsked": ["probes"],
    }


def test_sarif_suppresses_what_is_waived_and_warns_of_what_is_advisory() -> None:
    run = sarif(report())
    advisory, waived = run["results"]
    assert (advisory["level"], "suppressions" in advisory) == ("warning", False)
    assert waived["level"] == "error"
    assert waived["suppressions"] == [
        {
            "kind": "external",
            "status": "accepted",
            "justification": "The release of v2 waits for its audit. Until 2031-03-31, market, OPS-12",
        }
    ]
    assert run["properties"]["notAsked"] == ["probes"]
    assert run["properties"]["waivers"] == [
        "image-tag-pinned for Deployment/shop/api until 2031-03-31: 30 days left, accepts 1 finding"
    ]


def test_junit_skips_what_fails_nothing() -> None:
    root = junit(report())
    assert root.attrib["failures"] == "0"
    assert [(case.get("name"), _skipped(case)) for case in root[0]] == [
        ("Deployment shop/web (a b.yaml:9)", "Advisory: api is wrong."),
        ("Deployment shop/api (a b.yaml:3)", "Waived until 2031-03-31 by market (OPS-12): api is wrong."),
    ]
    suites = {suite.get("name"): suite for suite in root}
    assert _skipped(suites["probes"][0]) == "The rule was left out by --rule or --skip, so nothing is known of it."
    assert _skipped(suites["waivers"][0]).startswith("30 days left, accepts 1 finding, until 2031-03-31 by market")


def test_junit_fails_an_object_that_has_both() -> None:
    both = replace(report(), findings=(a_finding(API, "api is worse."),))
    (case,) = junit(both)[0]
    (failure,) = case
    assert (failure.tag, failure.get("message")) == ("failure", "api is worse.")
    assert failure.text == (
        f"a b.yaml:5: api is worse. {RULE.fix}\n"
        f"a b.yaml:5: Waived until 2031-03-31 by market (OPS-12): api is wrong. {RULE.fix}"
    )


def test_markdown() -> None:
    text = as_markdown.write(report())
    assert text.startswith("## ✅ golive check\n")
    assert "| advisory | 1 |\n| waived | 1 |\n" in text
    assert "### `image-tag-pinned` (production:41): 1 advisory violation\n" in text
    assert "### Not asked\n\n- `probes`: left out by --rule or --skip, so nothing is known of them\n" in text
    assert (
        "### Waivers\n\n- `image-tag-pinned` for Deployment/shop/api until 2031-03-31, 30 days left, accepts 1 finding "
        "(market, OPS-12: The release of v2 waits for its audit.)\n"
    ) in text
    assert "### Waived\n\n- a b.yaml:5 api is wrong.\n" in text


def test_markdown_lists_the_waivers_before_it_runs_out_of_room() -> None:
    many = replace(report(), findings=[a_finding(message="x" * 500)] * 500)
    text = as_markdown.write(many)
    assert len(text) <= as_markdown.LONGEST
    assert "30 days left" in text


def test_a_waiver_that_does_not_hold_is_listed_as_such() -> None:
    rotten = replace(WAIVER, holds=False)
    assert "does not hold, see the violations" in as_text.write(replace(report(), waived=(), waivers=(rotten,)))


def test_a_preview_is_named_in_every_heading() -> None:
    preview = replace(report(), stack="prod")
    assert as_markdown.write(preview).startswith("## ✅ golive preview of prod\n")
    assert junit(preview).get("name") == "golive preview of prod"
    assert "2 objects in the preview" in as_text.write(preview)


def _skipped(case: ET.Element) -> str:
    (skipped,) = case
    assert skipped.tag == "skipped"
    return skipped.get("message", "")
