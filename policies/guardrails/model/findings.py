"""What a rule can say about a resource: pass, fail, or that nobody can know yet."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from guardrails.model.values import Unknown


class Verdict(StrEnum):
    """The three answers. Only `PASS` lets a resource through a mandatory rule."""

    PASS = "pass"  # noqa: S105 - an answer, not a password
    FAIL = "fail"
    UNDECIDABLE = "undecidable"


@dataclass(frozen=True, kw_only=True)
class Violation:
    """One thing wrong in one place, as the check of a rule reports it, without the rule's name."""

    verdict: Verdict
    urn: str
    """The resource to show it under; empty where resources have no URN, as in a YAML file."""
    where: str
    """The offender in words: "container 'api' (Deployment shop/api)"."""
    path: str
    """Where in the resource, for example `spec.template.spec.containers[0].image`."""
    says: str
    """The whole complaint without its full stop; never a value that may be secret."""


Violations: TypeAlias = Iterator[Violation]
"""What the check of a rule yields."""


@dataclass(frozen=True, kw_only=True)
class Finding(Violation):
    """A violation under its rule's name, with the cure."""

    rule: str
    """The rule's id."""
    fix: str
    """What to do about it, as a whole sentence."""

    @classmethod
    def of(cls, rule: str, fix: str, violation: Violation) -> "Finding":
        """The same violation, now that it is known which rule reported it."""
        return cls(**vars(violation), rule=rule, fix=fix)

    @property
    def message(self) -> str:
        """One line: where, what is wrong, and what to do."""
        return f"{self.says}. {self.fix}"


def fail(urn: str, where: str, path: str, problem: str) -> Violation:
    """`where` breaks the rule: `problem` completes the sentence that `where` begins."""
    return Violation(verdict=Verdict.FAIL, urn=urn, where=where, path=path, says=f"{where} {problem}")


def undecidable(urn: str, where: str, path: str, unknown: Unknown) -> Violation:
    """Nobody can say whether `where` keeps the rule, because the value at `path` can't be read."""
    says = f"{where} cannot be decided at preview: {path or 'the resource'} {unknown.value}. {unknown.cure}"
    return Violation(verdict=Verdict.UNDECIDABLE, urn=urn, where=where, path=path, says=says.removesuffix("."))


def rule_error(urn: str, where: str, rule: str, error: Exception) -> Violation:
    """The rule itself broke. Only the error's type is shown: its text may hold a value."""
    says = f"rule {rule} crashed on {where} ({type(error).__name__}), so it is refused"
    return Violation(verdict=Verdict.UNDECIDABLE, urn=urn, where=where, path="", says=says)


def verdict(findings: Iterable[Finding]) -> Verdict:
    """Sum findings up: one failure outweighs any number of undecidables, and none at all is a pass."""
    answers = {finding.verdict for finding in findings}
    if Verdict.FAIL in answers:
        return Verdict.FAIL
    return Verdict.UNDECIDABLE if answers else Verdict.PASS
