"""What one run found, before anybody decides how to show it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from guardrails.exceptions.levels import Level
from guardrails.exceptions.waivers import Waiver
from guardrails.rule import Rule

from golive.yaml.document import Unreadable
from golive.yaml.objects import NotJudged


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """One object in one file, or one resource of a preview."""

    file: str
    """Empty for what concerns all objects together."""
    line: int
    """The line of its document or of its item in a list, from 1; 0 where there is no file."""
    kind: str
    namespace: str | None
    name: str
    urn: str = ""
    """In a preview; there is no line then."""

    @property
    def place(self) -> str:
        """Where to look for it: `file:line`, the URN in a preview, or nothing."""
        if self.urn:
            return self.urn
        return f"{self.file}:{self.line}" if self.line else self.file

    @property
    def title(self) -> str:
        """`Deployment shop/api`, as messages name it."""
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}".strip()


@dataclass(frozen=True, kw_only=True, slots=True)
class Located:
    """One breach of one rule, and where it is."""

    rule: str
    level: str
    subject: Subject
    line: int
    """The line of the field, or of the nearest place above a missing one; 0 where there is no file."""
    path: str
    message: str
    fix: str
    covers: tuple[str, ...]
    waiver: Waiver | None = None
    """The waiver that accepts it."""

    @property
    def place(self) -> str:
        """Where to look for it: the field's line, or where its object is."""
        return self.subject.place if self.subject.urn or not self.line else f"{self.subject.file}:{self.line}"


@dataclass(frozen=True, kw_only=True)
class Report:
    """Everything that one run found, passed, and could not read."""

    rules: Sequence[Rule]
    """The rules that were asked."""
    findings: Sequence[Located]
    passed: Sequence[tuple[str, Subject]]
    """Each rule that applied to an object and found nothing there."""
    subjects: Sequence[Subject]
    unread: Sequence[Unreadable]
    not_judged: Sequence[NotJudged]
    files: int
    waived: Sequence[Located] = ()
    """Breaches that a waiver accepts; no finding is among them."""
    waivers: Sequence[Waiver] = ()
    today: date = date.min
    """The day by which waivers are counted, in UTC."""
    not_asked: Sequence[str] = ()
    """Rules that --rule or --skip left out, so that nothing is known of them."""
    fails_from: Level = Level.MANDATORY
    """Findings of this level and above fail the run."""
    stack: str = ""
    """The stack of a preview; empty for manifests."""

    @property
    def title(self) -> str:
        """What was run, as headings name it."""
        return f"golive preview of {self.stack}" if self.stack else "golive check"

    @cached_property
    def failing(self) -> list[Located]:
        """The findings that fail the run."""
        return [finding for finding in self.findings if self.fails(finding)]

    @property
    def is_clean(self) -> bool:
        """Nothing fails the run, and everything was read."""
        return not self.failing and not self.unread

    def fails(self, finding: Located) -> bool:
        """Whether this finding fails the run."""
        return finding.waiver is None and finding.level in self._failing_levels

    @cached_property
    def _failing_levels(self) -> frozenset[str]:
        return frozenset(level for level in Level if level.rank >= self.fails_from.rank)

    def state(self, waiver: Waiver) -> str:
        """What became of a waiver: `40 days left, accepts 2 findings`."""
        if not waiver.holds:
            return "does not hold, see the violations"
        accepted = sum(found.waiver == waiver for found in self.waived)
        return f"{counted(waiver.days_left(self.today), 'day')} left, accepts {counted(accepted, 'finding')}"

    @property
    def not_applicable(self) -> list[str]:
        """The rules that no object concerned."""
        concerned = {rule for rule, _ in self.passed} | {found.rule for found in (*self.findings, *self.waived)}
        return [rule.id for rule in self.rules if rule.id not in concerned]

    @property
    def kept(self) -> list[str]:
        """The rules that applied somewhere and were broken nowhere."""
        idle = {*self.not_applicable, *(found.rule for found in (*self.findings, *self.waived))}
        return [rule.id for rule in self.rules if rule.id not in idle]

    @property
    def by_rule(self) -> list[tuple[str, int]]:
        """The rules that were broken and how often, the most broken first."""
        return Counter(finding.rule for finding in self.findings).most_common()

    @property
    def verdict(self) -> str:
        """The first line of every report for people."""
        failing = len(self.failing)
        parts = [counted(failing, "violation")] if failing else ["no violations"] if self.subjects else []
        if not self.subjects:
            parts.append("nothing was judged")
        for number, word in ((len(self.findings) - failing, "advisory"), (len(self.waived), "waived")):
            if number:
                parts.append(f"{number:,} {word}")
        # What is said of the whole run is said of no place.
        if places := sum(one.file != self.title for one in self.unread):
            parts.append(f"{counted(places, 'place')} not read")
        where = "in the preview" if self.stack else f"in {counted(self.files, 'file')}"
        left_out = f" ({len(self.not_asked):,} not asked)" if self.not_asked else ""
        judged = f"{counted(len(self.subjects), 'object')} {where}, {counted(len(self.rules), 'rule')}{left_out}"
        return f"{', '.join(parts)}: {judged}"


def counted(number: int, noun: str) -> str:
    """`1 rule`, `2 rules`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def visible(text: str) -> str:
    """The text on one line, without characters that would steer a terminal, a log or an XML reader."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)
