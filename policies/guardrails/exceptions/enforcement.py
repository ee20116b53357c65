"""What one stack makes of findings: its levels, its waivers, and the one rule about both.

The stack file says it under `golive:guardrails`. It is read strictly, and whatever is wrong with it lowers nothing and
waives nothing. That the stack file itself is sound is a rule as well, the only one that is asked of no resource; it
can be neither lowered nor waived nor skipped.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Final

from guardrails.exceptions import change_windows as windows
from guardrails.exceptions.change_windows import Changes, Moment, read_changes
from guardrails.exceptions.config_errors import ConfigError, shown, unknown_keys
from guardrails.exceptions.levels import Level, read_levels
from guardrails.exceptions.object_identity import Identity
from guardrails.exceptions.waivers import Waiver, read_waivers
from guardrails.model.findings import Finding, Verdict, Violation
from guardrails.model.values import Plain
from guardrails.rule import Rule, Severity, WholeStack
from guardrails.rules import RULES

KEY: Final = "golive:guardrails"
"""Where a stack file says it, under `config`."""
PARTS: Final = ("levels", "waivers", windows.KEY)
_IDS: Final = frozenset(rule.id for rule in RULES)

RULE: Final = Rule(
    id="levels-and-waivers",
    title="The stack file lowers no rule that it may not lower, and its waivers hold",
    why="An exception that nobody owns, that never ends or that covers more than was reviewed is how a rule dies.",
    fix=f"Correct {KEY} in the stack file.",
    severity=Severity.CRITICAL,
    covers=(),
    kinds=frozenset(),
    check=WholeStack(lambda _: iter(())),
    allows=MappingProxyType({}),
    refuses=MappingProxyType({}),
)
"""It speaks through `Enforcement.faults` and `Enforcement.unused`, for it is about the stack file."""

WINDOW: Final = Rule(
    id="change-window",
    title="The stack is deployed in its change windows, and in no freeze",
    why="A change while nobody watches, or in days that were promised to be quiet, is an incident of our own.",
    fix=f"Wait, or change {KEY}.{windows.KEY} in the stack file in a review. A preview may be made at any time.",
    severity=Severity.HIGH,
    covers=("production:63",),
    kinds=frozenset(),
    check=WholeStack(lambda _: iter(())),
    allows=MappingProxyType({}),
    refuses=MappingProxyType({}),
)
"""It speaks through `Enforcement.closed`, for it is about the time of a deployment."""

OWN: Final = (RULE, WINDOW)
"""The rules that are asked of no resource."""


@dataclass(frozen=True, kw_only=True)
class EnforcedFinding(Finding):
    """A finding, with the level that the stack gives its rule and the waiver that accepts it."""

    level: Level
    waiver: Waiver | None = None
    """The waiver that accepts it; then it is shown and stops nothing."""

    @property
    def blocks(self) -> bool:
        """Whether it stops a preview or a merge."""
        return self.level is Level.MANDATORY and self.waiver is None

    @property
    def message(self) -> str:
        """One line: where, what is wrong, what to do, and under whose waiver it passes."""
        finding = f"{self.says}. {self.fix}"
        if self.waiver is None:
            return finding
        return f"Waived until {self.waiver.expires} ({self.waiver.owner}, {self.waiver.ticket}): {finding}"


@dataclass(frozen=True, kw_only=True)
class Enforcement:
    """Levels and waivers of one stack, on one day."""

    today: date
    stack: str = ""
    """Empty where no stack is named."""
    source: str = ""
    """The file, as messages name it."""
    key: str = KEY
    """Where in the file; empty for a file that holds nothing else."""
    levels: Mapping[str, Level] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()
    """All that can be read; only those that hold count."""
    faults: tuple[Violation, ...] = ()
    """What is wrong with them."""
    changes: Changes | None = None
    """When it may be deployed; None where any time is well, or where `faults` say why nobody knows."""
    closed: str = ""
    """Why nothing may be deployed now; empty where it may, and where no moment was asked about."""
    deploying: bool = False
    """Whether it would be deployed now; a preview only shows that it could not be."""

    @classmethod
    def read(
        cls,
        value: Plain,
        *,
        today: date,
        stack: str,
        source: str,
        key: str = KEY,
        rules: Collection[str] = _IDS,
    ) -> "Enforcement":
        """Read what a stack file says; never raise. `today` is the day in UTC, `stack` the stack's name."""
        levels: dict[str, Level] = {}
        waivers: list[Waiver] = []
        complaints: list[ConfigError] = []
        changes: Changes | None = None
        if isinstance(value, dict):
            complaints += unknown_keys(value, PARTS, "")
            changes = read_changes(value[windows.KEY], complaints) if windows.KEY in value else None
            for said in read_levels(value.get("levels"), stack, sorted(rules)):
                if isinstance(said, ConfigError):
                    complaints.append(said)
                else:
                    levels[said[0]] = said[1]
            for read in read_waivers(value.get("waivers"), today, rules):
                if isinstance(read, ConfigError):
                    complaints.append(read)
                else:
                    waivers.append(read)
        elif value is not None:
            complaints.append(ConfigError("", shown(value), f"a map with {', '.join(PARTS)}"))
        config = cls(
            today=today,
            stack=stack,
            source=source,
            key=key,
            levels=levels,
            waivers=tuple(waivers),
            changes=changes,
        )
        return cls(**{**vars(config), "faults": tuple(map(config._fault, complaints))})

    def at(self, moment: Moment) -> "Enforcement":
        """The same at the moment of a preview or a deployment: the change windows are asked about it."""
        closed = self.changes.closed(moment) if self.changes is not None else ""
        return replace(self, closed=closed, deploying=moment.deploying)

    def enforce(
        self, findings: Iterable[Finding], identify: Callable[[Finding], Identity | None]
    ) -> list[EnforcedFinding]:
        """Give each finding its level and the waiver that accepts it, if one does."""
        return [self._enforced(finding, identify) for finding in findings]

    def own(self) -> list[EnforcedFinding]:
        """The breaches of `OWN` that show before any resource is judged."""
        wrong = [_own(fault) for fault in self.faults]
        return [*wrong, self._late()] if self.closed else wrong

    def _late(self) -> EnforcedFinding:
        """A deployment at a closed time is stopped; a preview says what it would meet."""
        path = f"{self.key}.{windows.KEY}"
        says = f"{self.source}: {path}: {self.closed}"
        fault = Violation(verdict=Verdict.FAIL, urn="", where=self.source, path=path, says=says)
        level = Level.MANDATORY if self.deploying else Level.ADVISORY
        return EnforcedFinding(**vars(fault), rule=WINDOW.id, fix=WINDOW.fix, level=level)

    def unused(
        self, used: Collection[Waiver], asked: Collection[str], unheard: Collection[Identity]
    ) -> list[EnforcedFinding]:
        """A breach of `RULE` for each waiver that accepted nothing, where nothing is left that it could accept.

        Its rule was `asked` of everything but the `unheard`, and it covers none of those.
        """
        idle = (each for each in self.waivers if each.holds and each not in used and each.rule in asked)
        rotten = (each for each in idle if not any(map(each.pattern.may_cover, unheard)))
        return [_own(self._fault(complaint)) for complaint in map(_rot, rotten)]

    def _enforced(self, finding: Finding, identify: Callable[[Finding], Identity | None]) -> EnforcedFinding:
        level = self.levels.get(finding.rule, Level.MANDATORY)
        named = [waiver for waiver in self.waivers if waiver.rule == finding.rule]
        identity = identify(finding) if named else None
        waiver = next((each for each in named if each.covers(finding.rule, finding.verdict, identity)), None)
        return EnforcedFinding(**vars(finding), level=level, waiver=waiver)

    def _fault(self, complaint: ConfigError) -> Violation:
        path = ".".join(filter(None, (self.key, complaint.path)))
        place = ": ".join(filter(None, (self.source, path)))
        says = f"{place}: found {complaint.found}; expected {complaint.expected}"
        return Violation(verdict=Verdict.FAIL, urn="", where=self.source, path=path, says=says)


def _rot(waiver: Waiver) -> ConfigError:
    found = f"a waiver of {waiver.rule} for {waiver.resource} that nothing needs"
    return ConfigError(waiver.path, found, "waivers of breaches that exist. Remove it")


def _own(violation: Violation) -> EnforcedFinding:
    return EnforcedFinding(**vars(violation), rule=RULE.id, fix=RULE.fix, level=Level.MANDATORY)
