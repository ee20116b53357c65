"""The difference between two configurations, value by value."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from settings.errors import Path, described, spelled

ABSENT: Any = object()
"""Stands for a value that one side does not have."""
_SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class Change:
    """One value that differs."""

    path: Path
    before: Any
    after: Any

    def __str__(self) -> str:
        """``releases.marketplace.image: "a:v1" -> "a:v2"``, without values that may be secret."""
        return f"{spelled(self.path)}: {self._side(self.before)} -> {self._side(self.after)}"

    def _side(self, value: object) -> str:
        return "nothing" if value is ABSENT else described(self.path, value)


def changes(before: object, after: object, path: Path = ()) -> Iterator[Change]:
    """Find every value that differs, sorted by place; lists are compared whole."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in sorted({*before, *after}, key=str):
            yield from changes(before.get(key, ABSENT), after.get(key, ABSENT), (*path, key))
    elif before != after:
        yield Change(path=path, before=before, after=after)


def summary(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Say in a few words what differs: images by their services and tags, all else by its first keys."""
    parts: dict[str, None] = {}
    for change in changes(before, after):
        image = change.path[:1] == ("releases",) and isinstance(change.after, str)
        word = (
            f"{change.path[1]} {change.after.rpartition('/')[2].partition(':')[2]}"
            if image
            else spelled(change.path[:2])
        )
        parts[word] = None
    shown = list(parts)
    more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    return ", ".join(shown[:_SHOWN]) + more if shown else "nothing"
