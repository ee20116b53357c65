"""JUnit XML for build servers: one suite for each rule, one case for each object that it judged."""

import xml.etree.ElementTree as ET
from collections import defaultdict

from golive.reports.model import Located, Report, Subject, visible


def write(report: Report) -> str:
    """Write the suites. What did not apply and what was not judged is skipped; what was not read is an error."""
    root = ET.Element("testsuites", name="golive check")
    found: dict[str, dict[Subject, list[Located]]] = defaultdict(lambda: defaultdict(list))
    for finding in report.findings:
        found[finding.rule][finding.subject].append(finding)
    passed: dict[str, list[Subject]] = defaultdict(list)
    for rule, subject in report.passed:
        passed[rule].append(subject)
    for each in report.rules:
        suite = ET.SubElement(root, "testsuite", name=each.id)
        for subject, its_findings in found[each.id].items():
            _failure(_case(suite, each.id, subject), its_findings)
        for subject in passed[each.id]:
            _case(suite, each.id, subject)
        if not len(suite):
            case = ET.SubElement(suite, "testcase", classname=each.id, name="no object")
            ET.SubElement(case, "skipped", message="The rule did not apply to any object.")
    _unjudged(ET.SubElement(root, "testsuite", name="documents"), report)
    for suite in root:
        _sum(suite)
    _sum(root)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _case(suite: ET.Element, rule: str, subject: Subject) -> ET.Element:
    place = f" ({subject.file}:{subject.line})" if subject.file else ""
    case = ET.SubElement(suite, "testcase", classname=rule, name=visible(f"{subject.title}{place}"))
    if subject.file:
        case.set("file", visible(subject.file))
        case.set("line", str(subject.line))
    return case


def _failure(case: ET.Element, findings: list[Located]) -> None:
    first = findings[0]
    failure = ET.SubElement(case, "failure", type=first.level, message=visible(first.message))
    places = (f"{one.subject.file}:{one.line}: " if one.subject.file else "" for one in findings)
    lines = [visible(f"{place}{one.message} {one.fix}") for place, one in zip(places, findings, strict=True)]
    failure.text = "\n".join(lines)


def _unjudged(suite: ET.Element, report: Report) -> None:
    for one in report.unread:
        place = f"{one.file}:{one.line}:{one.column}" if one.line else one.file
        case = ET.SubElement(suite, "testcase", classname="documents", name=visible(place), file=visible(one.file))
        ET.SubElement(case, "error", type="unreadable", message=visible(one.says))
    for other in report.not_judged:
        name = visible(f"{other.file}:{other.line}")
        case = ET.SubElement(suite, "testcase", classname="documents", name=name, file=visible(other.file))
        ET.SubElement(case, "skipped", message=visible(f"Not judged: {other.says}."))


def _sum(element: ET.Element) -> None:
    element.set("tests", str(len(element.findall(".//testcase"))))
    element.set("failures", str(len(element.findall(".//failure"))))
    element.set("errors", str(len(element.findall(".//error"))))
    element.set("skipped", str(len(element.findall(".//skipped"))))
