"""Markdown for a review comment: the summary first, then as many violations as a comment holds."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from guardrails.exceptions.waivers import Waiver

from golive.reports.model import Located, Report, counted, visible

LONGEST = 60_000
"""Characters of the whole comment. Forges cut off or refuse comments of 65,536 characters."""

_RESERVE = 2_000
"""Characters kept for the sentences that say what was left out."""
_LINE = 2_000
"""Characters of one line; a longer one is cut."""
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()!|~&$])")
_REFERENCE = re.compile(r"([@#])")


def write(report: Report) -> str:
    """Write the comment, never longer than ``LONGEST``; it says how much it had to leave out."""
    sign = "✅" if report.is_clean else "❌"
    lines = [f"## {sign} {_plain(report.title)}", "", f"**{_plain(report.verdict)}**", ""]
    lines += _table(report)
    first = [*_errors(report), *_left_out(report), *_waivers(report)]
    body = [*first, *_violations(report), *_waived(report), *_rest(report)]
    room = LONGEST - _RESERVE - sum(len(line) + 1 for line in lines)
    left_out = 0
    for line in body:
        room -= len(line) + 1
        if room >= 0:
            lines.append(line)
        elif line.startswith("- "):
            left_out += 1
    if left_out:
        lines += ["", f"*{counted(left_out, 'more line')} did not fit into this comment. The text report shows all.*"]
    return "\n".join(lines).rstrip() + "\n"


def _table(report: Report) -> Iterator[str]:
    yield from ("| | count |", "| --- | ---: |")
    for name, count in (
        ("violations", len(report.failing)),
        ("advisory", len(report.findings) - len(report.failing)),
        ("waived", len(report.waived)),
        ("passed", len(report.passed)),
        ("rules not asked", len(report.not_asked)),
        ("rules that did not apply", len(report.not_applicable)),
        ("documents not judged", len(report.not_judged)),
        ("places not read", len(report.unread)),
    ):
        yield f"| {name} | {count:,} |"


def _errors(report: Report) -> Iterator[str]:
    if report.unread:
        yield from ("", "### Not read", "")
        yield from _cut(f"- {_plain(str(one))}" for one in report.unread)


def _violations(report: Report) -> Iterator[str]:
    rules = {rule.id: rule for rule in report.rules}
    order = {rule: position for position, (rule, _) in enumerate(report.by_rule)}
    ordered = sorted(report.findings, key=lambda finding: (not report.fails(finding), order[finding.rule]))
    for (fails, rule), findings in groupby(ordered, key=lambda finding: (report.fails(finding), finding.rule)):
        listed = list(findings)
        noun = "violation" if fails else "advisory violation"
        covers = f" ({', '.join(rules[rule].covers)})" if rules[rule].covers else ""
        yield from ("", f"### `{rule}`{covers}: {counted(len(listed), noun)}", "")
        yield from (f"{_plain(rules[rule].why)} **Fix:** {_plain(rules[rule].fix)}", "")
        yield from _cut(map(_violation, listed))


def _violation(finding: Located) -> str:
    place = f"{_plain(finding.place)} " if finding.place else ""
    return f"- {place}{_plain(finding.message)}"


def _left_out(report: Report) -> Iterator[str]:
    if report.not_asked:
        names = ", ".join(f"`{rule}`" for rule in report.not_asked)
        yield from ("", "### Not asked", "", f"- {names}: left out by --rule or --skip, so nothing is known of them")


def _waivers(report: Report) -> Iterator[str]:
    if report.waivers:
        yield from ("", "### Waivers", "")
        yield from _cut(_waiver(report, waiver) for waiver in report.waivers)


def _waived(report: Report) -> Iterator[str]:
    if report.waived:
        yield from ("", "### Waived", "")
        yield from _cut(map(_violation, report.waived))


def _waiver(report: Report, waiver: Waiver) -> str:
    whose = _plain(f"{waiver.owner}, {waiver.ticket}: {waiver.reason}")
    what = f"`{waiver.rule}` for {_plain(waiver.resource)} until {waiver.expires}"
    return f"- {what}, {report.state(waiver)} ({whose})"


def _rest(report: Report) -> Iterator[str]:
    if report.kept:
        yield from ("", "### Kept everywhere", "", f"- {', '.join(f'`{rule}`' for rule in report.kept)}")
    if report.not_applicable:
        yield from ("", "### Did not apply", "", f"- {', '.join(f'`{rule}`' for rule in report.not_applicable)}")
    if report.not_judged:
        yield from ("", "### Not judged", "")
        yield from _cut(f"- {_plain(str(one))}" for one in report.not_judged)


def _cut(lines: Iterable[str]) -> Iterator[str]:
    return (line if len(line) <= _LINE else f"{line[:_LINE].rstrip(chr(92))}…" for line in lines)


def _plain(text: str) -> str:
    """The text as it is, on one line: no markup, and no sign that a forge turns into a mention or a reference."""
    return _REFERENCE.sub("\\1\u200b", _SPECIAL.sub(r"\\\1", visible(text)))
