"""JSON for programs: schema 1, whose top level never loses a key."""

import json
from collections.abc import Iterable
from typing import Any

from guardrails.exceptions.waivers import Waiver

from golive.reports.model import Located, Report, Subject

SCHEMA = 1


def write(report: Report) -> str:
    """Write one object: findings, passed, waived, waivers, and a summary, which also says what was not judged and why.

    Each finding and each pass stands on a line of its own, so that two reports can be compared line by line.
    """
    parts = (
        ("schema", f"{SCHEMA}"),
        ("findings", _lines(map(_finding, report.findings))),
        ("passed", _lines({"rule": rule, **_place(subject)} for rule, subject in report.passed)),
        ("waived", _lines({**_finding(found), "waiver": _waiver(report, found.waiver)} for found in report.waived)),
        ("waivers", _lines(_waiver(report, waiver) for waiver in report.waivers)),
        ("summary", json.dumps(_summary(report), indent=2).replace("\n", "\n  ")),
    )
    inner = ",\n".join(f'  "{name}": {value}' for name, value in parts)
    return f"{{\n{inner}\n}}\n"


def _lines(entries: Iterable[dict[str, Any]]) -> str:
    inner = ",\n".join(f"    {json.dumps(entry)}" for entry in entries)
    return f"[\n{inner}\n  ]" if inner else "[]"


def _finding(finding: Located) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "level": finding.level,
        **_place(finding.subject),
        "line": finding.line or None,
        "path": finding.path,
        "message": finding.message,
        "fix": finding.fix,
        "covers": list(finding.covers),
    }


def _waiver(report: Report, waiver: Waiver | None) -> dict[str, Any]:
    if waiver is None:
        return {}
    said = {field: getattr(waiver, field) for field in ("rule", "resource", "owner", "reason", "ticket")}
    left = waiver.days_left(report.today)
    return {**said, "expires": waiver.expires.isoformat(), "daysLeft": left, "holds": waiver.holds}


def _place(subject: Subject) -> dict[str, Any]:
    return {
        "file": subject.file or None,
        "line": subject.line or None,
        "kind": subject.kind,
        "namespace": subject.namespace,
        "name": subject.name,
        **({"urn": subject.urn} if subject.urn else {}),
    }


def _summary(report: Report) -> dict[str, Any]:
    return {
        **({"stack": report.stack} if report.stack else {}),
        "files": report.files,
        "objects": len(report.subjects),
        "rules": len(report.rules),
        "findings": len(report.findings),
        "failing": len(report.failing),
        "failsFrom": report.fails_from,
        "passed": len(report.passed),
        "waived": len(report.waived),
        "kept": report.kept,
        "notAsked": list(report.not_asked),
        "notApplicable": report.not_applicable,
        "notJudged": [{"file": one.file, "line": one.line, "reason": one.says} for one in report.not_judged],
        "errors": [
            {"file": one.file, "line": one.line or None, "column": one.column or None, "message": one.says}
            for one in report.unread
        ],
    }
