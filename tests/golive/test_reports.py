"""Every format tells the same story: what broke, what passed, what did not apply, what could not be read."""

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from guardrails import RULES
from guardrails.rule import Rule

from golive.commands.check import chosen
from golive.commands.output import Format
from golive.evaluation.manifests import judged
from golive.reports import FORMATS, as_junit, as_markdown, as_sarif, as_text
from golive.reports.model import Located, Report, Subject, counted, visible
from golive.yaml.document import Unreadable
from golive.yaml.objects import NotJudged

RULE = chosen(["image-tag-pinned"], [])[0]
IDLE = chosen(["namespace-default-deny"], [])[0]
API = Subject(file="a b.yaml", line=3, kind="Deployment", namespace="shop", name="api")
WEB = Subject(file="a b.yaml", line=9, kind="Deployment", namespace="shop", name="web")
WHOLE = Subject(file="", line=0, kind="", namespace=None, name="the stack")


def a_finding(subject: Subject = API, message: str = "api is wrong.", line: int = 5) -> Located:
    """One breach of ``RULE``."""
    return Located(
        rule=RULE.id,
        level="mandatory",
        subject=subject,
        line=line,
        path="spec.image",
        message=message,
        fix=RULE.fix,
        covers=RULE.covers,
    )


def a_report(
    *findings: Located,
    passed: tuple[tuple[str, Subject], ...] = ((RULE.id, WEB),),
    unread: tuple[Unreadable, ...] = (),
    not_judged: tuple[NotJudged, ...] = (),
    rules: tuple[Rule, ...] = (RULE, IDLE),
) -> Report:
    """A report of two objects in one file."""
    return Report(
        rules=rules,
        findings=findings,
        passed=passed,
        subjects=(API, WEB),
        unread=unread,
        not_judged=not_judged,
        files=1,
    )


BROKEN = Unreadable(file="b.yaml", line=2, column=7, says="not YAML: it is not. Correct the syntax.")
VALUES = NotJudged(file="values.yaml", line=1, says="it names no kind, so it is no Kubernetes object")


def sarif(report: Report) -> Any:  # noqa: ANN401 - whatever JSON can say
    """The one run of the log."""
    log = json.loads(as_sarif.write(report))
    assert (log["version"], log["$schema"]) == ("2.1.0", "https://json.schemastore.org/sarif-2.1.0.json")
    (run,) = log["runs"]
    return run


def junit(report: Report) -> ET.Element:
    return ET.fromstring(as_junit.write(report))  # noqa: S314 - we have just written it


def test_every_format_has_its_writer() -> None:
    assert [each.value for each in Format] == list(FORMATS)


def test_text_puts_what_was_not_read_first_and_the_sums_last() -> None:
    report = a_report(a_finding(), a_finding(WHOLE, "the stack is wrong.", 0), unread=(BROKEN,), not_judged=(VALUES,))
    fix = f"     fix: {RULE.fix} (production:41)"
    assert as_text.write(report).splitlines() == [
        "ERROR b.yaml:2:7: not YAML: it is not. Correct the syntax.",
        "FAIL a b.yaml:5 image-tag-pinned: api is wrong. [spec.image]",
        fix,
        "FAIL image-tag-pinned: the stack is wrong. [spec.image]",
        fix,
        "values.yaml:1: not judged: it names no kind, so it is no Kubernetes object",
        "",
        "2 violations, 1 place not read: 2 objects in 1 file, 2 rules",
        "  image-tag-pinned: 2",
        "passed: 1 judgement of a rule on an object",
        "did not apply: namespace-default-deny",
    ]


def test_text_lists_some_of_many_documents_that_were_not_judged() -> None:
    lines = as_text.write(a_report(not_judged=(VALUES,) * 25)).splitlines()
    assert sum(line.startswith("values.yaml:1: not judged") for line in lines) == 20
    assert "... and 5 more documents that were not judged" in lines


def test_text_counts_rules_that_nothing_is_wrong_with_when_they_are_many() -> None:
    lines = as_text.write(a_report(passed=(), rules=RULES[:11])).splitlines()
    assert lines[-1] == "did not apply: 11 rules, named by --format json and markdown"


def test_text_is_coloured_on_request_only() -> None:
    report = a_report(a_finding())
    coloured = as_text.write(report, colour=True)
    assert "\x1b[31mFAIL\x1b[0m a b.yaml:5 \x1b[33mimage-tag-pinned\x1b[0m:" in coloured
    assert re.sub(r"\x1b\[\d+m", "", coloured) == as_text.write(report)
    assert "\x1b[32m" in as_text.write(a_report(), colour=True)


def test_sarif_declares_all_rules_and_has_no_results_when_clean() -> None:
    run = sarif(a_report(rules=RULES))
    assert run["results"] == []
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [rule.id for rule in RULES]
    assert run["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]
    assert run["properties"]["passed"] == 1


def test_sarif_locates_a_violation_in_its_file() -> None:
    (result,) = sarif(a_report(a_finding()))["results"]
    assert result == {
        "ruleId": "image-tag-pinned",
        "ruleIndex": 0,
        "level": "error",
        "message": {"text": f"api is wrong. {RULE.fix}"},
        "locations": [
            {
                "logicalLocations": [{"fullyQualifiedName": "Deployment shop/api#spec.image", "kind": "object"}],
                "physicalLocation": {"artifactLocation": {"uri": "a%20b.yaml"}, "region": {"startLine": 5}},
            }
        ],
        "properties": {"level": "mandatory", "covers": ["production:41"]},
    }


def test_sarif_has_no_place_for_the_whole_stack() -> None:
    (result,) = sarif(a_report(a_finding(WHOLE, line=0)))["results"]
    assert list(result["locations"][0]) == ["logicalLocations"]


@pytest.mark.parametrize(
    ("file", "uri"), [("./a/b.yaml", "a/b.yaml"), ("/a/b#.yaml", "file:///a/b%23.yaml"), ("ä", "%C3%A4")]
)
def test_sarif_writes_paths_as_uris(file: str, uri: str) -> None:
    subject = Subject(file=file, line=1, kind="Pod", namespace=None, name="p")
    (result,) = sarif(a_report(a_finding(subject)))["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": uri}


def test_sarif_says_that_a_run_failed_and_where() -> None:
    run = sarif(a_report(unread=(BROKEN,), not_judged=(VALUES,)))
    assert run["invocations"] == [
        {
            "executionSuccessful": False,
            "toolExecutionNotifications": [
                {
                    "level": "error",
                    "message": {"text": "not YAML: it is not. Correct the syntax."},
                    "locations": [
                        {
                            "physicalLocation": {
                                "artifactLocation": {"uri": "b.yaml"},
                                "region": {"startLine": 2, "startColumn": 7},
                            }
                        }
                    ],
                }
            ],
        }
    ]
    assert run["properties"]["notJudged"] == [str(VALUES)]
    assert run["properties"]["notApplicable"] == ["namespace-default-deny"]


def test_junit_has_a_case_for_each_rule_and_object() -> None:
    root = junit(a_report(a_finding(), a_finding(message="api is wrong twice.", line=6)))
    assert root.attrib == {"name": "golive check", "tests": "3", "failures": "1", "errors": "0", "skipped": "1"}
    broken, idle, documents = root
    assert [case.get("name") for case in broken] == [
        "Deployment shop/api (a b.yaml:3)",
        "Deployment shop/web (a b.yaml:9)",
    ]
    failure = broken[0][0]
    assert (failure.tag, failure.attrib) == ("failure", {"type": "mandatory", "message": "api is wrong."})
    assert failure.text == (f"a b.yaml:5: api is wrong. {RULE.fix}\na b.yaml:6: api is wrong twice. {RULE.fix}")
    assert len(broken[1]) == 0
    assert idle[0][0].attrib == {"message": "The rule did not apply to any object."}
    assert len(documents) == 0


def test_junit_shows_what_was_not_judged() -> None:
    documents = junit(a_report(unread=(BROKEN,), not_judged=(VALUES,)))[-1]
    assert [(case.get("name"), case[0].tag) for case in documents] == [
        ("b.yaml:2:7", "error"),
        ("values.yaml:1", "skipped"),
    ]


def test_no_control_character_breaks_the_xml() -> None:
    subject = Subject(file="a\x1b.yaml", line=1, kind="Pod", namespace="\x00", name="\ufffe\ud800")
    root = junit(a_report(a_finding(subject, "\x0b is wrong.")))
    assert root[0][0].get("name") == "Pod \\x00/\\ufffe\\ud800 (a\\x1b.yaml:1)"


def test_markdown_begins_with_the_sums() -> None:
    lines = as_markdown.write(a_report(a_finding(), unread=(BROKEN,), not_judged=(VALUES,))).splitlines()
    assert lines[:6] == [
        "## ❌ golive check",
        "",
        "**1 violation, 1 place not read: 2 objects in 1 file, 2 rules**",
        "",
        "| | count |",
        "| --- | ---: |",
    ]
    assert "| violations | 1 |" in lines
    assert "- b.yaml:2:7: not YAML: it is not. Correct the syntax." in lines
    assert "### `image-tag-pinned` (production:41): 1 violation" in lines
    assert "- a b.yaml:5 api is wrong." in lines
    assert "- `namespace-default-deny`" in lines


def test_markdown_of_a_clean_run_is_short() -> None:
    text = as_markdown.write(a_report())
    assert text.startswith("## ✅ golive check\n\n**no violations: 2 objects in 1 file, 2 rules**\n")
    assert "### Kept everywhere\n\n- `image-tag-pinned`\n" in text
    assert len(text) < 500


def test_markdown_fits_into_a_comment_and_counts_what_does_not() -> None:
    findings = [a_finding(message=f"{number} {'x' * 200}.") for number in range(1000)]
    text = as_markdown.write(a_report(*findings))
    shown = text.count("- a b.yaml:5")
    assert 55_000 < len(text) <= as_markdown.LONGEST
    # The one line that names the rules that did not apply still fits, or is counted as well.
    assert f"*{1000 - shown} more lines did not fit" in text or f"*{1001 - shown} more lines did not fit" in text


def test_markdown_cuts_a_line_that_is_too_long() -> None:
    text = as_markdown.write(a_report(a_finding(message="*" * 100_000)))
    assert len(text) < 5_000
    assert "…" in text


def test_markdown_shows_text_as_it_is() -> None:
    text = as_markdown.write(a_report(a_finding(message="<b> `x` [y](z) @all #1 a_b_c | \n- d.")))
    assert r"\<b\> \`x\` \[y\]\(z\) @" + "\u200ball #\u200b1 a\\_b\\_c \\| \\\\n- d." in text


@pytest.mark.parametrize(("number", "words"), [(0, "0 rules"), (1, "1 rule"), (1234, "1,234 rules")])
def test_counts_in_words(number: int, words: str) -> None:
    assert counted(number, "rule") == words


@pytest.mark.parametrize(("text", "shown"), [("plain ä", "plain ä"), ("a\nb", "a\\nb"), ("\u202e", "\\u202e")])
def test_steering_characters_become_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_a_crash_is_a_violation_of_the_whole_stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("guardrails.evaluation.evaluate.objects", crash)
    path = tmp_path / "a.yaml"
    path.write_text("apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n")
    report = judged([str(path)], [RULE, IDLE])
    assert [(found.rule, found.subject.name, found.line) for found in report.findings] == [
        ("namespace-default-deny", "the stack", 0),
        ("image-tag-pinned", "shop", 1),
    ]
    assert report.passed == []
    for form in FORMATS.values():
        assert "crash" in form(report)
