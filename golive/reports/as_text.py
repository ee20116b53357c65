"""Text for people: what can't be read first, then one line for each violation and its cure, then the sums."""

from guardrails.exceptions.waivers import Waiver

from golive.reports.model import Located, Report, counted, visible

_BOLD, _RED, _YELLOW, _GREEN, _PLAIN = "\x1b[1m", "\x1b[31m", "\x1b[33m", "\x1b[32m", "\x1b[0m"
_SHOWN = 20
"""Documents that were not judged and are listed one by one."""
_NAMED = 10
"""Rules that are named where nothing is wrong with them; more would bury the violations."""


def write(report: Report, *, colour: bool = False) -> str:
    """Write the report, with colours only where a terminal shows them."""
    lines = [_painted(f"ERROR {visible(str(one))}", _RED, colour=colour) for one in report.unread]
    for finding in report.findings:
        sign, tint = ("FAIL", _RED) if report.fails(finding) else ("ADVICE", _YELLOW)
        lines += _finding(finding, _painted(sign, tint, colour=colour), colour=colour)
    for finding in report.waived:
        lines += _finding(finding, _painted("WAIVED", _GREEN, colour=colour), colour=colour)
    lines += [visible(str(one)) for one in report.not_judged[:_SHOWN]]
    hidden = len(report.not_judged) - _SHOWN
    if hidden > 0:
        lines.append(f"... and {hidden} more documents that were not judged")
    if lines:
        lines.append("")
    tint = _GREEN if report.is_clean else _RED
    lines.append(_painted(report.verdict, f"{_BOLD}{tint}", colour=colour))
    lines += [f"  {rule}: {count}" for rule, count in report.by_rule]
    lines.append(f"passed: {counted(len(report.passed), 'judgement')} of a rule on an object")
    if report.not_asked:
        left_out = _listed(list(report.not_asked))
        lines.append(f"not asked, so nothing is known of them: {left_out}")
    lines += [f"waiver: {visible(_waiver(report, waiver))}" for waiver in report.waivers]
    if report.kept:
        lines.append(f"kept everywhere: {_listed(report.kept)}")
    if report.not_applicable:
        lines.append(f"did not apply: {_listed(report.not_applicable)}")
    return "\n".join(lines) + "\n"


def _listed(rules: list[str]) -> str:
    if len(rules) <= _NAMED:
        return ", ".join(rules)
    return f"{counted(len(rules), 'rule')}, named by --format json and markdown"


def _finding(finding: Located, sign: str, *, colour: bool) -> list[str]:
    place = f"{visible(finding.place)} " if finding.place else ""
    head = f"{sign} {place}{_painted(finding.rule, _YELLOW, colour=colour)}:"
    path = f" [{visible(finding.path)}]" if finding.path else ""
    covers = f" ({', '.join(finding.covers)})" if finding.covers else ""
    lines = [f"{head} {visible(finding.message)}{path}", f"     fix: {finding.fix}{covers}"]
    if finding.waiver is not None:
        waiver = finding.waiver
        said = f"waived until {waiver.expires} by {waiver.owner} ({waiver.ticket}): {waiver.reason}"
        lines.append(f"     {visible(said)}")
    return lines


def _waiver(report: Report, waiver: Waiver) -> str:
    whose = f"{waiver.owner}, {waiver.ticket}"
    return f"{waiver.rule} for {waiver.resource} until {waiver.expires} ({whose}): {report.state(waiver)}"


def _painted(text: str, tint: str, *, colour: bool) -> str:
    return f"{tint}{text}{_PLAIN}" if colour else text
