"""From YAML events to plain data, without recursion, so that no file can exhaust the stack.

The lines of all values are kept beside the data, parents before children, four bytes each. An alias repeats the lines
of its anchor, so the count of lines is the size of the document with all aliases written out, and that is bounded.
"""

import sys
from array import array
from dataclasses import dataclass, field
from typing import Any, Final

from guardrails.model.values import DEEPEST, MASK, Plain, Unknown

from golive.yaml.scalars import TAG, ScalarError, meaning

LARGEST: Final = 3_000_000
"""Values in one file, with its aliases written out. A file of 64 MiB of ordinary manifests holds fewer."""


class RefusedError(Exception):
    """Well-formed YAML that no cluster would take, or that would take too much. Line and column count from 0."""

    def __init__(self, event: Any, says: str) -> None:  # noqa: ANN401 - PyYAML's events are untyped
        super().__init__(says)
        self.line: int = event.start_mark.line
        self.column: int = event.start_mark.column


@dataclass(slots=True, eq=False)
class _Frame:
    """A mapping or a sequence that is still open."""

    container: "dict[str, Plain] | list[Plain]"
    anchor: str | None
    start: int
    """Where its lines start."""
    key: str | None = None
    """The key that waits for its value."""
    line: int = 0
    """The key's line."""
    merging: bool = False
    merged: set[str] = field(default_factory=set)
    """Keys that came by a merge and may still be overridden."""
    height: int = 1


@dataclass(frozen=True, slots=True)
class _Anchored:
    value: Plain
    start: int
    end: int
    height: int


@dataclass(eq=False)
class Builder:
    """Builds one document; ``room`` is how many values it may have."""

    room: int = LARGEST
    value: Plain = None
    lines: "array[int]" = field(default_factory=lambda: array("I"))
    merges: bool = False
    """Whether it held merge keys, whose values' lines are not in order."""
    _frames: list[_Frame] = field(default_factory=list)
    _anchors: dict[str, _Anchored | None] = field(default_factory=dict)
    """None while the anchor's value is still open."""

    def scalar(self, event: Any) -> None:  # noqa: ANN401 - PyYAML's events are untyped
        """Take a key or a value."""
        frame = self._frames[-1] if self._frames else None
        if frame is not None and frame.key is None and not frame.merging and isinstance(frame.container, dict):
            self._key(frame, event)
            return
        try:
            value: Plain = meaning(event.value, event.tag, is_plain=event.implicit[0])
        except ScalarError as error:
            raise RefusedError(event, f"found {error}. Correct it.") from None
        if value == MASK:
            value = Unknown.SECRET
        start = self._counted(event)
        if event.anchor is not None:
            self._anchors[event.anchor] = _Anchored(value, start, start + 1, 0)
        self._put(value, event)

    def opened(self, event: Any, container: "dict[str, Plain] | list[Plain]") -> None:  # noqa: ANN401 - as above
        """Take the start of a mapping or a sequence."""
        self._refuse_as_key(event)
        if len(self._frames) >= DEEPEST:
            raise RefusedError(event, f"found more than {DEEPEST} levels of nesting. Flatten the document.")
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        self._frames.append(_Frame(container, event.anchor, self._counted(event)))

    def closed(self, event: Any) -> None:  # noqa: ANN401 - as above
        """Take the end of a mapping or a sequence."""
        frame = self._frames.pop()
        if frame.anchor is not None:
            anchored = _Anchored(frame.container, frame.start, len(self.lines), frame.height)
            self._anchors[frame.anchor] = anchored
        if self._frames:
            self._frames[-1].height = max(self._frames[-1].height, frame.height + 1)
        self._put(frame.container, event)

    def alias(self, event: Any) -> None:  # noqa: ANN401 - as above
        """Take a reference to an anchor."""
        name = event.anchor
        if name not in self._anchors:
            raise RefusedError(event, f"found the alias *{name} before any anchor &{name}. Define the anchor first.")
        there = self._anchors[name]
        if there is None:
            raise RefusedError(event, f"found the anchor &{name} inside its own value. Write the value out.")
        self._refuse_as_key(event)
        if len(self._frames) + there.height > DEEPEST:
            raise RefusedError(event, f"found more than {DEEPEST} levels of nesting. Flatten the document.")
        self._counted(event, there.end - there.start)
        self.lines.extend(self.lines[there.start + 1 : there.end])
        if self._frames:
            self._frames[-1].height = max(self._frames[-1].height, there.height + 1)
        self._put(there.value, event)

    def _counted(self, event: Any, values: int = 1) -> int:  # noqa: ANN401 - as above
        """Note the line of the next value, its key's if it has one, and say where it is noted."""
        if len(self.lines) + values > self.room:
            raise RefusedError(event, f"found more than {LARGEST:,} values, aliases included. Split the file.")
        frame = self._frames[-1] if self._frames else None
        keyed = frame is not None and isinstance(frame.container, dict)
        self.lines.append((frame.line if frame is not None and keyed else event.start_mark.line) + 1)
        return len(self.lines) - 1

    def _refuse_as_key(self, event: Any) -> None:  # noqa: ANN401 - as above
        frame = self._frames[-1] if self._frames else None
        if frame is not None and frame.key is None and not frame.merging and isinstance(frame.container, dict):
            raise RefusedError(event, "found a key that is not written as text. Write the key as text.")

    def _key(self, frame: _Frame, event: Any) -> None:  # noqa: ANN401 - as above
        frame.line = event.start_mark.line
        if event.value == "<<" and (event.implicit[0] or event.tag == f"{TAG}merge"):
            if self.merges and frame.merged:
                raise RefusedError(event, "found a second << in one mapping. Merge a list: <<: [*a, *b].")
            frame.merging = self.merges = True
            return
        key = _named(event)
        if key in frame.container:
            if key not in frame.merged:
                raise RefusedError(event, f"found the key {key!r} twice in one mapping. Keep one of them.")
            frame.merged.discard(key)
        frame.key = key

    def _put(self, value: Plain, event: Any) -> None:  # noqa: ANN401 - as above
        if not self._frames:
            self.value = value
            return
        frame = self._frames[-1]
        if isinstance(frame.container, list):
            frame.container.append(value)
        elif frame.merging:
            frame.merging = False
            _merge(frame, frame.container, value, event)
        elif frame.key is not None:
            frame.container[frame.key] = value
            frame.key = None


def _merge(frame: _Frame, container: dict[str, Plain], value: Plain, event: Any) -> None:  # noqa: ANN401 - as above
    """Take over what ``<<`` points to. Earlier sources win; the mapping's own keys, which must come later, win too."""
    for source in value if isinstance(value, list) else [value]:
        if not isinstance(source, dict):
            raise RefusedError(event, "found << with something else than a mapping. Point it to a mapping.")
        for key, item in source.items():
            if key in container and key not in frame.merged:
                # YAML readers disagree about who wins here, so nobody can say what a cluster would get.
                raise RefusedError(event, f"found the key {key!r} before the << that merges it. Put << first.")
            if key not in container:
                container[key] = item
                frame.merged.add(key)


def _named(event: Any) -> str:  # noqa: ANN401 - as above
    """A key as JSON will have it. Kubernetes' reader writes numbers and booleans out and refuses the rest."""
    try:
        key = meaning(event.value, event.tag, is_plain=event.implicit[0])
    except ScalarError as error:
        raise RefusedError(event, f"found {error}. Correct it.") from None
    if key is None:
        raise RefusedError(event, "found a key that is null. Put it in quotes.")
    return sys.intern(key) if isinstance(key, str) else str(key).lower() if isinstance(key, bool) else str(key)
