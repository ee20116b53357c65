"""What one run found, before anybody decides how to show it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from guardrails.rule import Rule

from golive.reading.document import Unreadable
from golive.reading.objects import NotJudged


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """One Kubernetes object in one file."""

    file: str
    """Empty for what concerns all objects together."""
    line: int
    """The line of its document or of its item in a list, from 1; 0 where there is no file."""
    kind: str
    namespace: str | None
    name: str

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

    @property
    def not_applicable(self) -> list[str]:
        """The rules that no object concerned."""
        concerned = {rule for rule, _ in self.passed} | {finding.rule for finding in self.findings}
        return [rule.id for rule in self.rules if rule.id not in concerned]

    @property
    def kept(self) -> list[str]:
        """The rules that applied somewhere and were broken nowhere."""
        idle = {*self.not_applicable, *(finding.rule for finding in self.findings)}
        return [rule.id for rule in self.rules if rule.id not in idle]

    @property
    def by_rule(self) -> list[tuple[str, int]]:
        """The rules that were broken and how often, the most broken first."""
        return Counter(finding.rule for finding in self.findings).most_common()

    @property
    def verdict(self) -> str:
        """The first line of every report for people."""
        found, unread = len(self.findings), len(self.unread)
        parts = [counted(found, "violation") if found else "no violations"]
        if unread:
            parts.append(f"{counted(unread, 'place')} not read")
        judged = f"{counted(len(self.subjects), 'object')} in {counted(self.files, 'file')}"
        return f"{', '.join(parts)}: {judged}, {counted(len(self.rules), 'rule')}"


def counted(number: int, noun: str) -> str:
    """`1 rule`, `2 rules`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def visible(text: str) -> str:
    """The text on one line, without characters that would steer a terminal, a log or an XML reader."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)
