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
class Fault:
    """One thing wrong in one place, before it is known which rule asked."""

    verdict: Verdict
    urn: str
    """The resource to show it under; empty where resources have no URN, as in a YAML file."""
    where: str
    """The offender in words: "container 'api' (Deployment shop/api)"."""
    path: str
    """Where in the resource, for example `spec.template.spec.containers[0].image`."""
    says: str
    """The whole complaint without its full stop; never a value that may be secret."""


Faults: TypeAlias = Iterator[Fault]
"""What the check of a rule yields."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A fault under its rule's name, with the cure."""

    rule: str
    fix: str
    fault: Fault

    @property
    def message(self) -> str:
        """One line: where, what is wrong, and what to do."""
        return f"{self.fault.says}. {self.fix}"

    @property
    def verdict(self) -> Verdict:
        """Whether the rule failed or could not decide."""
        return self.fault.verdict


def fail(urn: str, where: str, path: str, wrong: str) -> Fault:
    """`where` breaks the rule: `wrong` completes the sentence that `where` begins."""
    return Fault(verdict=Verdict.FAIL, urn=urn, where=where, path=path, says=f"{where} {wrong}")


def undecidable(urn: str, where: str, path: str, unknown: Unknown) -> Fault:
    """Nobody can say whether `where` keeps the rule, because the value at `path` can't be read."""
    says = f"{where} cannot be decided at preview: {path or 'the resource'} {unknown.value}. {unknown.cure}"
    return Fault(verdict=Verdict.UNDECIDABLE, urn=urn, where=where, path=path, says=says.removesuffix("."))


def crashed(urn: str, where: str, rule: str, error: Exception) -> Fault:
    """The rule itself broke. Only the error's type is shown: its text may hold a value."""
    says = f"rule {rule} crashed on {where} ({type(error).__name__}), so it is refused"
    return Fault(verdict=Verdict.UNDECIDABLE, urn=urn, where=where, path="", says=says)


def verdict(findings: Iterable[Finding]) -> Verdict:
    """Sum findings up: one failure outweighs any number of undecidables, and none at all is a pass."""
    answers = {finding.verdict for finding in findings}
    if Verdict.FAIL in answers:
        return Verdict.FAIL
    return Verdict.UNDECIDABLE if answers else Verdict.PASS
