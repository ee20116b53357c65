"""How much a breach counts in one stack: whether it stops the preview or is only shown."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final

from guardrails.exceptions.config_errors import ConfigError, below, nearest, shown
from guardrails.model.values import Plain


class Level(StrEnum):
    """CrossGuard's two levels for what is judged; golive switches no rule off."""

    ADVISORY = "advisory"
    MANDATORY = "mandatory"

    @property
    def rank(self) -> int:
        """Higher counts more."""
        return list(Level).index(self)


LOWERED_IN: Final = frozenset({"dev"})
"""The stacks whose file may lower a rule. A stack of any other name may not: what nobody knows counts as production."""


def read_levels(value: Plain, stack: str, rules: Iterable[str]) -> Iterator[tuple[str, Level] | ConfigError]:
    """Read `levels`: a map from rule ids to levels. What is complained of lowers nothing."""
    known = list(rules)
    if value is None:
        return
    if not isinstance(value, dict):
        yield ConfigError("levels", shown(value), "a map, for example levels: {image-tag-pinned: advisory}")
        return
    for rule, wanted in value.items():
        place = below("levels", rule)
        if rule not in known:
            yield ConfigError(place, "a rule that does not exist", f"the id of a rule; {nearest(rule, known)}")
        elif not isinstance(wanted, str) or wanted not in set(Level):
            expected = f"{' or '.join(Level)}; no rule is switched off"
            yield ConfigError(place, shown(wanted), expected)
        elif Level(wanted) is not Level.MANDATORY and stack not in LOWERED_IN:
            named = f"stack {stack}" if stack else "manifests of no named stack"
            expected = (
                f"mandatory: {named} lowers no rule, only {', '.join(sorted(LOWERED_IN))} does. "
                f"Remove the line, and waive single resources for a time under waivers"
            )
            yield ConfigError(place, shown(wanted), expected)
        else:
            yield rule, Level(wanted)
