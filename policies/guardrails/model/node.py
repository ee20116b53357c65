"""A view of plain data for rules: reading what can't be known is remembered, so a careless rule still fails closed.

A rule may write ``if pod.read("hostNetwork") is True: yield ...`` and forget that the value may be unknown. The view
that it read from has noted the unknown, and after the rule has spoken the judge adds an undecidable for it. `peek` is
the exception for rules that look around before they ask; whoever peeks must read before letting a resource pass.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from typing import TypeAlias

from guardrails.model.findings import Violation, fail, undecidable
from guardrails.model.values import Plain, Scalar, Unknown


class Shape(Enum):
    """What `read` answers where a scalar was asked for and a container stands."""

    MAPPING = "a mapping"
    SEQUENCE = "a list"


Value: TypeAlias = Scalar | Unknown | Shape
Record: TypeAlias = dict[tuple[str, str, str], Violation]
"""Unknowns that were read, in order and once each; shared by every view of one judgement."""


@dataclass(eq=False, slots=True)
class Node:
    """One place in a resource. Absent places are nodes too, so a rule can walk without asking at every step.

    Nobody changes a node. It is not frozen because it is made by the million, and freezing doubles what that takes.
    """

    plain: Plain
    urn: str
    where: str
    """The offender in words, as messages will name it."""
    path: str
    partial: bool
    """True inside a `*Patch`: what is absent there is left alone, not missing."""
    record: Record

    def at(self, *keys: str) -> "Node":
        """Walk down mappings. A place below an unknown, or below something that is no mapping, is unknown too."""
        place: Plain = self.plain
        path = self.path
        for key in keys:
            if isinstance(place, dict):
                place = place.get(key)
            elif isinstance(place, Unknown):
                break
            elif place is not None:
                place = Unknown.UNREADABLE
                break
            path = f"{path}.{key}" if path else key
        return Node(place, self.urn, self.where, path, self.partial, self.record)

    def read(self, *keys: str) -> Value:
        """The scalar there, or which shape stands in its place. An unknown is noted."""
        place = self.raw(*keys)
        if isinstance(place, Unknown):
            return self.at(*keys).record_unknown()
        if isinstance(place, dict):
            return Shape.MAPPING
        return Shape.SEQUENCE if isinstance(place, list) else place

    def peek(self, *keys: str) -> Value:
        """As `read`, but nothing is noted."""
        place = self.raw(*keys)
        if isinstance(place, dict):
            return Shape.MAPPING
        return Shape.SEQUENCE if isinstance(place, list) else place

    def raw(self, *keys: str) -> Plain:
        """The plain data of the place that `at` walks to; nothing is noted."""
        place: Plain = self.plain
        for key in keys:
            if isinstance(place, dict):
                place = place.get(key)
            else:
                return place if place is None or isinstance(place, Unknown) else Unknown.UNREADABLE
        return place

    def text(self, *keys: str) -> str | None:
        """The text there. None for absence; what is unknown or no text is recorded, and None as well."""
        value = self._typed(str, *keys)
        return value if isinstance(value, str) else None

    def integer(self, *keys: str) -> int | None:
        """The whole number there; otherwise as `text`. A boolean is no number."""
        value = self._typed(int, *keys)
        return value if isinstance(value, int) else None

    def number(self, *keys: str) -> int | float | None:
        """The number there; otherwise as `text`. A boolean is no number."""
        value = self._typed((int, float), *keys)
        return value if isinstance(value, int | float) else None

    def boolean(self, *keys: str) -> bool | None:
        """The boolean there; otherwise as `text`. A quoted one is none."""
        value = self._typed(bool, *keys)
        return value if isinstance(value, bool) else None

    def _typed(self, type_: type | tuple[type, ...], *keys: str) -> Value:
        value = self.read(*keys)
        fits = isinstance(value, type_) and (type_ is bool or not isinstance(value, bool))
        if value is None or isinstance(value, Unknown) or fits:
            return value
        return self.at(*keys).child(Unknown.UNREADABLE, self.at(*keys).path).record_unknown()

    def missing(self, *keys: str) -> bool:
        """Nothing stands there and something should: never true inside a patch."""
        return self.read(*keys) is None and not self.partial

    def is_not(self, *keys: str, value: Scalar) -> bool:
        """Something else than `value` is there, or nothing. The type counts: "true" and 1 are not True."""
        there = self.read(*keys)
        if isinstance(there, Unknown) or (there is None and self.partial):
            return False
        return type(there) is not type(value) or there != value

    def differs_from(self, *keys: str, than: tuple[Scalar, ...] = ()) -> bool:
        """Something is set there, and it is none of these. The type counts, as above; an unknown is noted."""
        there = self.read(*keys)
        if there is None or isinstance(there, Unknown):
            return False
        return not any(type(there) is type(value) and there == value for value in than)

    def items(self, *keys: str) -> Iterator["Node"]:
        """The elements of a list, known ones first; then unknown ones are noted, or that it is no list."""
        if self.raw(*keys) is None:
            return
        place = self.at(*keys)
        unknown: list[Node] = []
        for element in place.elements():
            if isinstance(element.plain, Unknown):
                unknown.append(element)
            else:
                yield element
        for element in unknown:
            element.record_unknown()
        place.expect(list)

    def elements(self) -> list["Node"]:
        """The elements of this list, in order, and nothing is noted; none if it is no list."""
        if not isinstance(self.plain, list):
            return []
        urn, where, path, partial, record = self.urn, self.where, self.path, self.partial, self.record
        return [Node(item, urn, where, f"{path}[{i}]", partial, record) for i, item in enumerate(self.plain)]

    def members(self, *keys: str) -> Iterator[tuple[str, "Node"]]:
        """The entries of a mapping, name and node. What is no mapping is noted."""
        place = self.at(*keys)
        if isinstance(place.plain, dict):
            yield from ((name, place.at(name)) for name in place.plain)
        place.expect(dict)

    def fails(self, problem: str, *keys: str) -> Violation:
        """A fault here; `problem` completes "<where> ..." and has no full stop."""
        return fail(self.urn, self.where, self.at(*keys).path, problem)

    def undecided(self, *keys: str) -> Violation:
        """An undecidable here, for a rule that peeked and found that it can't know."""
        place = self.at(*keys)
        # What nobody wrote, like the name of a namespace, somebody will make up on the way.
        absent = Unknown.LATER if place.plain is None else Unknown.UNREADABLE
        unknown = place.plain if isinstance(place.plain, Unknown) else absent
        return undecidable(self.urn, self.where, place.path, unknown)

    def record_unknown(self) -> Value:
        """The value of this very place; an unknown goes on record."""
        if isinstance(self.plain, Unknown):
            self.record.setdefault((self.urn, self.where, self.path), self.undecided())
        return self.peek()

    def expect(self, shape: type[dict[str, Plain]] | type[list[Plain]]) -> None:
        """Note this place if it is unknown or of another shape. Absence is no other shape."""
        if isinstance(self.plain, Unknown):
            self.record_unknown()
        elif self.plain is not None and not isinstance(self.plain, shape):
            replace(self, plain=Unknown.UNREADABLE).record_unknown()

    def child(self, place: Plain, path: str) -> "Node":
        """A place below this one, with the same offender and the same record."""
        return Node(place, self.urn, self.where, path, self.partial, self.record)
