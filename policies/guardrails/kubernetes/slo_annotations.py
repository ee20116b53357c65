"""The numbers that services promise, as objects state them: in annotations, in analyses and in alerts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from guardrails.model.node import Node
from guardrails.model.resources import Object
from guardrails.model.values import Unknown

PREFIX = "slo.golive.dev/"
"""What the key of an annotation begins with that states a promise: `slo.golive.dev/api.latency: below 250`."""
LABEL = "slo"
"""The label by which an alert names its promise, without the prefix: `slo: api.latency`."""
_NUMBER = r"([0-9]+(?:\.[0-9]+)?)"
_PROMISE = re.compile(rf"(above|below) {_NUMBER}")
_GATE = re.compile(rf"(?:[^|?:]*&&\s*)?result\[0\]\s*(<=?|>=?)\s*{_NUMBER}")
_ALERT = re.compile(rf"\((?P<measure>.*)\)\s*(<=?|>=?)\s*{_NUMBER}", re.DOTALL)


@dataclass(frozen=True)
class Bound:
    """A number, and on which side of it the good values lie."""

    good: str
    """`above` or `below`."""
    value: Decimal

    def looser_than(self, other: "Bound") -> bool:
        """Whether it accepts what the other one, of the same side, does not."""
        return self.value > other.value if self.good == "below" else self.value < other.value

    def __str__(self) -> str:
        """As annotations write it."""
        return f"{self.good} {self.value}"


@dataclass(frozen=True)
class Promise:
    """One annotation that states a promise."""

    key: str
    """What is promised: `api.latency`."""
    place: Node
    bound: Bound | None
    """None where nobody can read it; an unknown is noted."""

    @property
    def unknown(self) -> bool:
        """Whether only the deployment knows it."""
        return isinstance(self.place.plain, Unknown)


def promised(holder: Object) -> Iterator[Promise]:
    """Every promise that an object states. Annotations that are unknown are noted."""
    for key, place in holder.members("metadata", "annotations"):
        if key.startswith(PREFIX):
            text = place.record_unknown()
            match = _PROMISE.fullmatch(text) if isinstance(text, str) else None
            bound = Bound(match[1], Decimal(match[2])) if match else None
            yield Promise(key.removeprefix(PREFIX), place, bound)


def gate(condition: str) -> Bound | None:
    """What a `successCondition` lets pass, if it ends in one comparison of the result that nothing gets around."""
    match = _GATE.fullmatch(condition.strip())
    return Bound("below" if match[1].startswith("<") else "above", Decimal(match[2])) if match else None


def alert(expression: str) -> Bound | None:
    """What an alert leaves alone: its expression is one measure in parentheses, compared with one number."""
    match = _ALERT.fullmatch(expression.strip())
    if not match or not _closed(match["measure"]):
        return None
    return Bound("above" if match[2].startswith("<") else "below", Decimal(match[3]))


def _closed(measure: str) -> bool:
    """Whether the parenthesis that opens first closes last: `(a) or (b) > 1` compares only half of it."""
    depth = 0
    for letter in re.sub(r'"(?:[^"\\]|\\.)*"', "", measure):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if depth < 0:
            return False
    return depth == 0
