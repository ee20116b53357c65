"""JUnit XML for build servers: one suite for each rule, one case for each object that it judged."""

import xml.etree.ElementTree as ET
from collections import defaultdict

from golive.reports.model import Located, Report, Subject, visible


def write(report: Report) -> str:
    """Write the suites. What did not apply and what was not judged is skipped; what was not read is an error."""
    root = ET.Element("testsuites", name=report.title)
    found: dict[str, dict[Subject, list[Located]]] = defaultdict(lambda: defaultdict(list))
    for finding in (*report.findings, *report.waived):
        found[finding.rule][finding.subject].append(finding)
    passed: dict[str, list[Subject]] = defaultdict(list)
    for rule, subject in report.passed:
        passed[rule].append(subject)
    for each in report.rules:
        suite = ET.SubElement(root, "testsuite", name=each.id)
        for subject, its_findings in found[each.id].items():
            _outcome(_case(suite, each.id, subject), its_findings, report)
        for subject in passed[each.id]:
            _case(suite, each.id, subject)
        if not len(suite):
            case = ET.SubElement(suite, "testcase", classname=each.id, name="no object")
            ET.SubElement(case, "skipped", message="The rule did not apply to any object.")
    for name in report.not_asked:
        suite = ET.SubElement(root, "testsuite", name=name)
        case = ET.SubElement(suite, "testcase", classname=name, name="not asked")
        ET.SubElement(case, "skipped", message="The rule was left out by --rule or --skip, so nothing is known of it.")
    _waivers(root, report)
    _unjudged(ET.SubElement(root, "testsuite", name="documents"), report)
    for suite in root:
        _sum(suite)
    _sum(root)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _case(suite: ET.Element, rule: str, subject: Subject) -> ET.Element:
    place = f" ({subject.place})" if subject.place else ""
    case = ET.SubElement(suite, "testcase", classname=rule, name=visible(f"{subject.title}{place}"))
    if subject.file:
        case.set("file", visible(subject.file))
        case.set("line", str(subject.line or 1))
    return case


def _outcome(case: ET.Element, findings: list[Located], report: Report) -> None:
    """A failure if one of them fails the run; else a case that was skipped, with the reason."""
    failing = [finding for finding in findings if report.fails(finding)]
    first = (failing or findings)[0]
    if failing:
        outcome = ET.SubElement(case, "failure", type=first.level, message=visible(first.message))
    else:
        outcome = ET.SubElement(case, "skipped", message=visible(f"{_why(first)}: {first.message}"))
    outcome.text = "\n".join(visible(_line(finding, report)) for finding in findings)


def _line(finding: Located, report: Report) -> str:
    sign = "" if report.fails(finding) else f"{_why(finding)}: "
    place = f"{finding.place}: " if finding.place else ""
    return f"{place}{sign}{finding.message} {finding.fix}"


def _why(finding: Located) -> str:
    """Why it fails nothing."""
    waiver = finding.waiver
    return "Advisory" if waiver is None else f"Waived until {waiver.expires} by {waiver.owner} ({waiver.ticket})"


def _waivers(root: ET.Element, report: Report) -> None:
    if not report.waivers:
        return
    suite = ET.SubElement(root, "testsuite", name="waivers")
    for waiver in report.waivers:
        name = visible(f"{waiver.rule} for {waiver.resource}")
        case = ET.SubElement(suite, "testcase", classname="waivers", name=name)
        said = f"{report.state(waiver)}, until {waiver.expires} by {waiver.owner} ({waiver.ticket}): {waiver.reason}"
        ET.SubElement(case, "skipped", message=visible(said))


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
