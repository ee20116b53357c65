"""Documents of simple lines, which is what programs write, read without a YAML parser.

A simple line is a key, an item or both, with a value that ends on the line: a plain or quoted scalar without escapes,
an empty mapping, or a list of such scalars. Whatever a document holds beside that (anchors, tags, block scalars, values
of several lines, a key twice, and all that is no YAML) makes it the parser's. What a line means is worked out once,
however often it is met, and manifests repeat their lines.
"""

import re
import sys
from array import array
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from guardrails.model.values import DEEPEST, MASK, Plain, Unknown

from golive.yaml.scalars import Scalar, ScalarError, meaning

MOST_KNOWN: Final = 8192
"""Lines whose meaning is kept."""
LONGEST: Final = 1000
"""Bytes of a line that may be simple. YAML takes no longer keys, and long lines are not met twice."""

_TEXT = r"[^\t\r\x85\u2028\u2029\ufeff]"
_QUOTED = rf'"(?:(?!["\\]){_TEXT})*"|\'(?:(?!\'){_TEXT})*\''
_KEY = rf"[A-Za-z_.$/][A-Za-z0-9_.$/-]*|{_QUOTED}"
_START = r"(?:[A-Za-z0-9_./~+($<]|--?[A-Za-z0-9.])"
_PLAIN = rf"{_START}(?:(?!:[ ]|[ ]+\#|:$|[ ]+$){_TEXT})*"
_ITEM = rf"{_QUOTED}|(?:[A-Za-z0-9_./]|--?[A-Za-z0-9])[A-Za-z0-9_./=@%+-]*"
_FLOW = rf"\[[ ]*(?:{_ITEM})(?:[ ]*,[ ]+(?:{_ITEM}))*[ ]*\]"
_LINE = re.compile(
    rf"(?P<indent>[ ]*)(?P<dash>-[ ]+)?"
    rf"(?:(?P<key>{_KEY}):(?=[ ]|$)[ ]*)?"
    rf"(?P<value>{_QUOTED}|\[[ ]*\]|\{{[ ]*\}}|{_FLOW}|{_PLAIN})?(?:[ ]+\#{_TEXT}*|[ ]*)"
)
_COMMENT = re.compile(rf"[ ]*\#{_TEXT}*")
_MEMBER = re.compile(_ITEM)


class Line(NamedTuple):
    """What one line means."""

    indent: int
    inner: int
    """Where the key of an item stands; 0 for a line that is no item or has no key."""
    is_item: bool
    key: str | None
    value: Plain
    is_open: bool
    """Its key has no value of its own: the following lines say one, or it is null."""
    members: int
    """How many values its value holds."""


_BLANK: Final = Line(0, 0, False, None, None, False, 0)  # noqa: FBT003 - a tuple's fields in their order


class NotSimpleError(Exception):
    """The document is for the parser."""


@dataclass(slots=True, eq=False)
class Lines:
    """Reads documents, and remembers what their lines meant."""

    _known: dict[bytes, Line] = field(default_factory=dict)

    def read(self, document: bytes, first: int, room: int) -> tuple[Plain, "array[int]"] | None:
        """The value of a document and the lines of all values in it; None if it is for the parser.

        `first` is the line that it begins on, from 1; `room` is how many values it may have.
        """
        reading = _Reading()
        take = reading.take
        known = self._known
        try:
            for number, text in enumerate(document.split(b"\n"), first):
                line = known.get(text)
                if line is None:
                    line = self._learn(text)
                if line is not _BLANK:
                    take(line, number)
        except NotSimpleError:
            return None
        reading.settle()
        return None if len(reading.lines) > room else (reading.root, reading.lines)

    def _learn(self, text: bytes) -> Line:
        line = _understood(text)
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        self._known[text] = line
        return line


class _Reading:
    """One document, as far as it is read."""

    __slots__ = ("_container", "_indent", "_key", "_outer", "lines", "root")

    def __init__(self) -> None:
        self.root: Plain = None
        self.lines = array("I")
        self._container: dict[str, Plain] | list[Plain] | None = None
        """The innermost one, which the next line may add to."""
        self._indent = -1
        self._outer: list[tuple[int, dict[str, Plain] | list[Plain] | None]] = []
        """The containers around it, with their indents."""
        self._key: str | None = None
        """The key that waits for its value, in the innermost container."""

    def take(self, line: Line, number: int) -> None:
        """Add what one line says."""
        indent, inner, is_item, key, value, is_open, members = line
        lines = self.lines
        if self._key is not None or indent != self._indent or is_item is isinstance(self._container, dict):
            self._move(indent, number, is_item=is_item)
        container = self._container
        if isinstance(container, list):
            if key is None:
                container.append(value)
            else:
                item: dict[str, Plain] = {}
                container.append(item)
                self._push(inner, item)
                lines.append(number)
                container = item
        if key is not None and isinstance(container, dict):
            if key in container:
                raise NotSimpleError
            if is_open:
                self._key = key
            else:
                container[key] = value
        lines.append(number)
        if members:
            lines.extend([number] * members)

    def settle(self) -> None:
        """Nothing more will be said about the last key: it is null."""
        if self._key is not None and isinstance(self._container, dict):
            self._container[self._key] = None
        self._key = None

    def _move(self, indent: int, number: int, *, is_item: bool) -> None:
        """Go to the container that a line adds to."""
        if self._container is None:
            self._start(indent, number, is_item=is_item)
            return
        if self._key is not None:
            if indent > self._indent or (indent == self._indent and is_item):
                inside: dict[str, Plain] | list[Plain] = [] if is_item else {}
                if isinstance(self._container, dict):
                    self._container[self._key] = inside
                self._key = None
                self._push(indent, inside)
                return
            self.settle()
        while self._indent > indent or (self._indent == indent and is_item is isinstance(self._container, dict)):
            if not self._outer:
                raise NotSimpleError
            self._indent, self._container = self._outer.pop()
        if self._indent != indent or is_item is isinstance(self._container, dict):
            raise NotSimpleError

    def _start(self, indent: int, number: int, *, is_item: bool) -> None:
        self.root = self._container = [] if is_item else {}
        self._indent = indent
        self.lines.append(number)

    def _push(self, indent: int, container: dict[str, Plain] | list[Plain]) -> None:
        # The document's own container makes one level more.
        if len(self._outer) + 1 >= DEEPEST:
            raise NotSimpleError
        self._outer.append((self._indent, self._container))
        self._indent, self._container = indent, container


def _understood(text: bytes) -> Line:
    """What a line means. Raises ``NotSimpleError`` where only the parser can tell."""
    line = text.decode() if len(text) <= LONGEST else "|"
    if _COMMENT.fullmatch(line):
        return _BLANK
    found = _LINE.fullmatch(line)
    if found is None:
        raise NotSimpleError
    indent, dash, key, said = len(found["indent"]), found["dash"] or "", found["key"], found["value"]
    if key is None and said is None:
        if dash:
            raise NotSimpleError
        return _BLANK
    if key is None and not dash:
        raise NotSimpleError
    value = _value(said or "")
    members = len(value) if isinstance(value, list) else 0
    inner = indent + len(dash) if dash and key is not None else 0
    return Line(indent, inner, bool(dash), None if key is None else _name(key), value, said is None, members)


def _name(key: str) -> str:
    name = _scalar(key)
    if not isinstance(name, str):
        raise NotSimpleError
    return sys.intern(name)


def _value(said: str) -> Plain:
    if said.startswith("{"):
        return {}
    if said.startswith("["):
        return [_masked(_scalar(member)) for member in _MEMBER.findall(said)]
    return _masked(_scalar(said))


def _masked(value: Scalar) -> Plain:
    return Unknown.SECRET if value == MASK else value


def _scalar(said: str) -> Scalar:
    if said.startswith(("'", '"')):
        return said[1:-1]
    try:
        return meaning(said, None, is_plain=True)
    except ScalarError:
        raise NotSimpleError from None
