"""SARIF 2.1.0 for code scanning: every rule is declared, and results hold breaches only, so a clean run has none.

A breach that a waiver accepts is a suppressed result.
"""

import json
from typing import Any
from urllib.parse import quote

from guardrails.exceptions.levels import Level
from guardrails.rule import Rule, Severity

from golive.reports.model import Located, Report, visible
from golive.yaml.document import Unreadable

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
VERSION = "2.1.0"

_SCORES = {Severity.LOW: "3.0", Severity.MEDIUM: "5.5", Severity.HIGH: "8.0", Severity.CRITICAL: "9.5"}
"""The middle of each band of the scale on which code scanning sorts."""
_LEVELS = {Level.ADVISORY: "warning", Level.MANDATORY: "error"}


def write(report: Report) -> str:
    """Write one log with one run. What passed and what did not apply is counted in the run's properties."""
    positions = {rule.id: position for position, rule in enumerate(report.rules)}
    run = {
        "tool": {"driver": {"name": "golive", "rules": [_rule(rule) for rule in report.rules]}},
        "invocations": [
            {
                "executionSuccessful": not report.unread,
                "toolExecutionNotifications": [_notification(one) for one in report.unread],
                **_left_out(report),
            }
        ],
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, positions[each.rule]) for each in (*report.findings, *report.waived)],
        "properties": {
            "objects": len(report.subjects),
            "passed": len(report.passed),
            "notAsked": list(report.not_asked),
            "notApplicable": report.not_applicable,
            "waivers": [
                f"{one.rule} for {one.resource} until {one.expires}: {report.state(one)}" for one in report.waivers
            ],
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
    named = finding.subject.urn or finding.subject.title
    logical = {"fullyQualifiedName": f"{named}#{finding.path}", "kind": "object"}
    location: dict[str, Any] = {"logicalLocations": [logical]}
    if finding.subject.file:
        location["physicalLocation"] = _physical(finding.subject.file, finding.line, 0)
    result = {
        "ruleId": finding.rule,
        "ruleIndex": position,
        "level": _LEVELS[Level(finding.level)],
        "message": {"text": visible(f"{finding.message} {finding.fix}")},
        "locations": [location],
        "properties": {"level": finding.level, "covers": list(finding.covers)},
    }
    waiver = finding.waiver
    if waiver is not None:
        whose = visible(f"{waiver.reason} Until {waiver.expires}, {waiver.owner}, {waiver.ticket}")
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": whose}]
    return result


def _left_out(report: Report) -> dict[str, Any]:
    """A notification for the rules that were not asked; nothing where all were."""
    if not report.not_asked:
        return {}
    says = f"Left out by --rule or --skip, so nothing is known of them: {', '.join(report.not_asked)}."
    return {"toolConfigurationNotifications": [{"level": "warning", "message": {"text": says}}]}


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
