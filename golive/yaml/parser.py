"""From bytes to documents, as Kubernetes reads them: many documents a file, JSON as well as YAML.

A document that can't be read costs the documents after it nothing: reading goes on at the next ``---``.
"""

import io
import json
import re
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any, Final

import yaml
from guardrails.model.values import plain

from golive.yaml.builder import LARGEST, Builder, RefusedError
from golive.yaml.document import Document, Unreadable
from golive.yaml.fast_path import Lines

PARSER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser in C, which nearly every installation of PyYAML has; the other one is some ten times slower."""

LINES: Final = Lines()
"""What lines meant, for all files of a run."""

MOST_FAULTS: Final = 20
"""Unreadable documents in one file after which the rest of it is left."""

_SEPARATOR = re.compile(rb"^---(?=\s|\Z)", re.MULTILINE)
_PLAIN_SEPARATOR = re.compile(rb"---[ ]*(?:\n|\Z)")
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_OTHER_BREAK = re.compile(rb"\r(?!\n)|\xc2\x85|\xe2\x80[\xa8\xa9]")
"""What YAML counts as the end of a line beside a line feed."""
_TEMPLATE = re.compile(rb"\{\{-?[ ]*(?:\.|/\*|(?:define|else|end|if|include|range|template|toYaml|tpl|with)\b)")
"""What Helm's templates are written in; a file that can be read may hold it as text."""
_BOM = b"\xef\xbb\xbf"


def parse(
    content: bytes,
    file: str,
    parser: Any = PARSER,  # noqa: ANN401 - PyYAML's loaders are untyped
    lines: Lines | None = LINES,
) -> Iterator[Document | Unreadable]:
    """Read every document of a file. Empty documents are left out; nothing is raised, whatever the bytes.

    Documents of simple lines are not given to the parser, unless `lines` is None; what is read is the same.
    """
    content = content.removeprefix(_BOM)
    fault = _undecodable(content, file)
    if fault is not None:
        yield fault
    elif content.lstrip()[:1] in {b"{", b"["}:
        yield from _json_or_yaml(content, file, parser)
    else:
        simple = None if _OTHER_BREAK.search(content) else lines
        yield from _yaml(_Progress(content, file, parser, simple, room=LARGEST))


def _undecodable(content: bytes, file: str) -> Unreadable | None:
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        says = "found bytes that are not UTF-8. Save the file as UTF-8."
        return _at(content, error.start, file, says)
    found = _FORBIDDEN.search(text)
    if found is None:
        return None
    says = f"found the control character {ord(found[0]):#04x}. Remove it, or escape it in double quotes."
    return _at(content, len(text[: found.start()].encode()), file, says)


def _at(content: bytes, offset: int, file: str, says: str) -> Unreadable:
    line = content.count(b"\n", 0, offset) + 1
    column = len(content[content.rfind(b"\n", 0, offset) + 1 : offset].decode(errors="replace")) + 1
    return Unreadable(file=file, line=line, column=column, says=says)


@dataclass(slots=True)
class _Progress:
    """How far a file is read."""

    content: bytes
    file: str
    parser: Any
    simple: Lines | None
    room: int
    """How many more values it may have."""
    start: int = 0
    """Where the next document begins."""
    skipped: int = 0
    """The lines before that."""

    def goes_on(self, line: int) -> bool:
        """Go to the document that begins on a line after ``skipped``; False if no ``---`` stands there."""
        offset = _offset(self.content, self.start, line)
        if offset is None or not _PLAIN_SEPARATOR.match(self.content, offset):
            return False
        self.start, self.skipped = offset, self.skipped + line
        return True


def _yaml(here: _Progress) -> Iterator[Document | Unreadable]:
    for faults in range(1, MOST_FAULTS + 1):
        try:
            yield from _sound(here)
            return  # noqa: TRY300 - the end of the file is no else
        except RefusedError as error:
            line, column, says = error.line, error.column, str(error)
        except yaml.YAMLError as error:
            line, column, says = _told(error, here.skipped)
        if _is_template(here, line):
            says = "not YAML: a template that was not rendered. Judge what it renders, as helm template does."
        line += here.skipped
        yield Unreadable(file=here.file, line=line + 1, column=column + 1, says=says)
        following = _next(here.content, here.start, here.skipped, line)
        if following is None:
            return
        here.start, here.skipped = following
        if faults == MOST_FAULTS:
            says = f"found {MOST_FAULTS} documents that can't be read. The rest of the file was left."
            yield Unreadable(file=here.file, line=here.skipped + 1, column=1, says=says)


def _is_template(here: _Progress, line: int) -> bool:
    """Whether the document around a line after ``skipped`` is one that nobody rendered."""
    fault = _offset(here.content, here.start, line) or len(here.content)
    begins = max(here.content.rfind(b"\n---", here.start, fault), here.start)
    after = _SEPARATOR.search(here.content, fault)
    return bool(_TEMPLATE.search(here.content, begins, after.start() if after else len(here.content)))


def _sound(here: _Progress) -> Iterator[Document]:
    """The documents up to the first that can't be read, whose error is raised: simple ones by their lines."""
    while True:
        if here.simple is not None:
            yield from _simple(here, here.simple)
        stream = io.BytesIO(here.content)
        stream.seek(here.start)
        reading = here.parser(stream)
        try:
            if not (yield from _parsed(here, reading)):
                return
        finally:
            reading.dispose()


def _simple(here: _Progress, lines: Lines) -> Iterator[Document]:
    """The documents before the first that is not simple."""
    content = here.content
    while here.start < len(content):
        separator = _PLAIN_SEPARATOR.match(content, here.start)
        body = here.start if separator is None else separator.end()
        following = _SEPARATOR.search(content, body)
        end = len(content) if following is None else following.start()
        if end == here.start:
            return  # its separator says more than that a document begins
        text = content[body:end]
        first = here.skipped + (0 if separator is None else 1)
        read = lines.read(text, first + 1, here.room)
        if read is None:
            return
        here.start, here.skipped, here.room = end, first + text.count(b"\n"), here.room - len(read[1])
        if read[0] is not None:
            yield Document(file=here.file, line=read[1][0], value=read[0], lines=read[1])


def _next(content: bytes, start: int, skipped: int, line: int) -> tuple[int, int] | None:
    """Where the first ``---`` at or after a line stands, past the present start, and how many lines come before it."""
    offset = _offset(content, start, line - skipped)
    if offset is None:
        return None
    found = _SEPARATOR.search(content, max(offset, start + 1))
    return None if found is None else (found.start(), content.count(b"\n", 0, found.start()))


def _offset(content: bytes, start: int, lines: int) -> int | None:
    """Where the line begins that comes so many lines after the one at ``start``; None past the end."""
    for _ in range(lines):
        start = content.find(b"\n", start) + 1
        if start == 0:
            return None
    return start


def _parsed(here: _Progress, parser: Any) -> Generator[Document, None, bool]:  # noqa: ANN401 - untyped
    """The next document, or all where none is simple; and whether there may be more."""
    builder = Builder(here.room)
    takes: dict[type, Callable[[Any], None]] = {}
    met = 0
    while True:
        event = parser.get_event()
        kind = type(event)
        if kind in takes:
            takes[kind](event)
        elif kind is yaml.DocumentStartEvent:
            met += 1
            if met > 1 and here.simple is not None and here.goes_on(event.start_mark.line):
                return True
            builder = Builder(here.room)
            takes = _dispatch(builder)
        elif kind is yaml.DocumentEndEvent:
            here.room -= len(builder.lines)
            if builder.value is not None:
                yield _document(builder, here.file, here.skipped)
        elif kind is yaml.StreamEndEvent:
            return False


def _dispatch(builder: Builder) -> dict[type, Callable[[Any], None]]:
    return {
        yaml.ScalarEvent: builder.scalar,
        yaml.MappingStartEvent: lambda event: builder.opened(event, {}),
        yaml.SequenceStartEvent: lambda event: builder.opened(event, []),
        yaml.MappingEndEvent: builder.closed,
        yaml.SequenceEndEvent: builder.closed,
        yaml.AliasEvent: builder.alias,
    }


def _document(builder: Builder, file: str, skipped: int) -> Document:
    lines = builder.lines
    if skipped:
        lines = type(lines)("I", (line + skipped for line in lines))
    return Document(file=file, line=lines[0], value=builder.value, lines=None if builder.merges else lines)


def _told(error: yaml.YAMLError, skipped: int) -> tuple[int, int, str]:
    """Line and column from 0, and the parser's own words, which never hold a value."""
    begun = getattr(error, "context_mark", None)
    mark = getattr(error, "problem_mark", None) or begun
    context = getattr(error, "context", None)
    if context and begun is not None and mark is not None and begun.line != mark.line:
        context = f"{context} that starts on line {begun.line + skipped + 1}"
    words = ", ".join(filter(None, (context, getattr(error, "problem", None))))
    says = f"not YAML: {words or 'characters that YAML does not allow'}. Correct the syntax."
    return (mark.line, mark.column, says) if mark is not None else (0, 0, says)


def _json_or_yaml(content: bytes, file: str, parser: Any) -> Iterator[Document | Unreadable]:  # noqa: ANN401 - untyped
    """Read as YAML, whose lines are known; what only JSON allows, such as objects in a row, is read as JSON."""
    read = list(_yaml(_Progress(content, file, parser, None, room=LARGEST)))
    if not any(isinstance(one, Unreadable) and one.says.startswith("not YAML") for one in read):
        yield from read
        return
    as_json = list(_json(content.decode(), file))
    failed = any(isinstance(one, Unreadable) for one in as_json)
    yield from read if failed and not file.lower().endswith(".json") else as_json


def _json(text: str, file: str) -> Iterator[Document | Unreadable]:
    decoder = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_number)
    position = _past_space(text, 0)
    while position < len(text):
        line = text.count("\n", 0, position) + 1
        try:
            value, end = decoder.raw_decode(text, position)
        except json.JSONDecodeError as error:
            yield Unreadable(
                file=file, line=error.lineno, column=error.colno, says=f"not JSON: {error.msg}. Correct the syntax."
            )
            return
        except (ValueError, RecursionError) as error:
            deep = "found too many levels of nesting. Flatten the document."
            says = deep if isinstance(error, RecursionError) else str(error)
            yield Unreadable(file=file, line=line, column=1, says=says)
            return
        yield Document(file=file, line=line, value=plain(value), lines=None)
        position = _past_space(text, end)


def _past_space(text: str, position: int) -> int:
    found = re.compile(r"\S").search(text, position)
    return len(text) if found is None else found.start()


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"found the key {_text(key)!r} twice in one mapping. Keep one of them.")
        found[_text(key)] = _text(value) if isinstance(value, str) else value
    return found


def _text(value: str) -> str:
    """Half a surrogate pair is no character; it is replaced, as Kubernetes' reader does."""
    return value.encode("utf-8", "replace").decode()


def _no_number(_: str) -> float:
    raise ValueError("found an infinite number or none, which no manifest can hold. Correct it.")
