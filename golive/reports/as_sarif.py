"""SARIF 2.1.0 for code scanning: every rule is declared, and results hold violations only, so a clean run has none."""

import json
from typing import Any
from urllib.parse import quote

from guardrails.rule import Rule, Severity

from golive.reading.document import Unreadable
from golive.reports.model import Located, Report, visible

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
VERSION = "2.1.0"

_SCORES = {Severity.LOW: "3.0", Severity.MEDIUM: "5.5", Severity.HIGH: "8.0", Severity.CRITICAL: "9.5"}
"""The middle of each band of the scale on which code scanning sorts."""


def write(report: Report) -> str:
    """Write one log with one run. What passed and what did not apply is counted in the run's properties."""
    positions = {rule.id: position for position, rule in enumerate(report.rules)}
    run = {
        "tool": {"driver": {"name": "golive", "rules": [_rule(rule) for rule in report.rules]}},
        "invocations": [
            {
                "executionSuccessful": not report.unread,
                "toolExecutionNotifications": [_notification(one) for one in report.unread],
            }
        ],
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, positions[finding.rule]) for finding in report.findings],
        "properties": {
            "objects": len(report.subjects),
            "passed": len(report.passed),
            "notApplicable": report.not_applicable,
            "notJudged": [str(one) for one in report.not_judged],
        },
    }
    return json.dumps({"$schema": SCHEMA, "version": VERSION, "runs": [run]}, indent=2) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": f"{rule.title}."},
        "fullDescription": {"text": rule.why},
        "help": {"text": f"{rule.why} {rule.fix}", "markdown": f"{rule.why}\n\n**Fix:** {rule.fix}"},
        "defaultConfiguration": {"level": "error"},
        "properties": {
            "security-severity": _SCORES[rule.severity],
            "problem.severity": "error",
            "tags": ["golive", *rule.covers],
        },
    }


def _result(finding: Located, position: int) -> dict[str, Any]:
    logical = {"fullyQualifiedName": f"{finding.subject.title}#{finding.path}", "kind": "object"}
    location: dict[str, Any] = {"logicalLocations": [logical]}
    if finding.subject.file:
        location["physicalLocation"] = _physical(finding.subject.file, finding.line, 0)
    return {
        "ruleId": finding.rule,
        "ruleIndex": position,
        "level": "error",
        "message": {"text": visible(f"{finding.message} {finding.fix}")},
        "locations": [location],
        "properties": {"level": finding.level, "covers": list(finding.covers)},
    }


def _physical(file: str, line: int, column: int) -> dict[str, Any]:
    found: dict[str, Any] = {"artifactLocation": {"uri": _uri(file)}}
    if line:
        found["region"] = {"startLine": line, **({"startColumn": column} if column else {})}
    return found


def _uri(file: str) -> str:
    """A relative reference, or an absolute one with its scheme."""
    path = quote(file.encode("utf-8", "surrogateescape"), safe="/")
    return f"file://{path}" if path.startswith("/") else path.removeprefix("./")


def _notification(one: Unreadable) -> dict[str, Any]:
    return {
        "level": "error",
        "message": {"text": visible(one.says)},
        "locations": [{"physicalLocation": _physical(one.file, one.line, one.column)}],
    }
