"""A document of a manifest file, and the words for what could not be read."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass

from guardrails.model.values import Plain


@dataclass(frozen=True, kw_only=True)
class Unreadable:
    """A place that could not be read. ``line`` and ``column`` count from 1; 0 where there is none."""

    file: str
    line: int
    column: int
    says: str
    """The complaint with the cure, as whole sentences; never a value."""

    def __str__(self) -> str:
        """``file:line:column: words``, as editors and terminals link it."""
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.says}"


@dataclass(frozen=True, kw_only=True, eq=False)
class Document:
    """One document as plain data, with the line of everything in it."""

    file: str
    line: int
    """The line of its first value, from 1."""
    value: Plain
    lines: "array[int] | None"
    """The lines of all values, parents before children and in order; None where merge keys made that impossible."""

    def places(self) -> dict[str, int]:
        """The line of each path, written as findings write paths; only the root's where the others are not known."""
        if self.lines is None:
            return {"": self.line}
        found: dict[str, int] = {}
        ahead: list[tuple[str, Plain]] = [("", self.value)]
        for line in self.lines:
            path, value = ahead.pop()
            found[path] = line
            ahead.extend(reversed(list(_below(path, value))))
        return found


def _below(path: str, value: Plain) -> Iterator[tuple[str, Plain]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield (f"{path}.{key}" if path else key), item
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield f"{path}[{position}]", item


def line_of(places: dict[str, int], path: str) -> int:
    """The line of a path, or of the nearest place above it: a missing field has no line of its own."""
    while path and path not in places:
        cut = max(path.rfind("."), path.rfind("["))
        path = path[: max(cut, 0)]
    return places[path]
