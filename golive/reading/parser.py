"""From bytes to documents, as Kubernetes reads them: many documents a file, JSON as well as YAML.

A document that can't be read costs the documents after it nothing: reading goes on at the next ``---``.
"""

import io
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

import yaml
from guardrails.plain import plain

from golive.reading.builder import LARGEST, Builder, RefusedError
from golive.reading.document import Document, Unreadable

PARSER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser in C, which nearly every installation of PyYAML has; the other one is some ten times slower."""

MOST_FAULTS: Final = 20
"""Unreadable documents in one file after which the rest of it is left."""

_SEPARATOR = re.compile(rb"^---(?=\s|\Z)", re.MULTILINE)
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BOM = b"\xef\xbb\xbf"


def parse(content: bytes, file: str, parser: Any = PARSER) -> Iterator[Document | Unreadable]:  # noqa: ANN401 - untyped
    """Read every document of a file. Empty documents are left out; nothing is raised, whatever the bytes."""
    content = content.removeprefix(_BOM)
    fault = _undecodable(content, file)
    if fault is not None:
        yield fault
    elif content.lstrip()[:1] in {b"{", b"["}:
        yield from _json_or_yaml(content, file, parser)
    else:
        yield from _yaml(content, file, parser)


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


def _yaml(content: bytes, file: str, parser: Any) -> Iterator[Document | Unreadable]:  # noqa: ANN401 - untyped
    stream = io.BytesIO(content)
    start, skipped, room = 0, 0, LARGEST
    for faults in range(1, MOST_FAULTS + 1):
        stream.seek(start)
        reading = parser(stream)
        try:
            for document in _documents(reading, file, skipped, room):
                room -= 0 if document.lines is None else len(document.lines)
                yield document
            return  # noqa: TRY300 - the end of the file is no else
        except RefusedError as error:
            line, column, says = error.line, error.column, str(error)
        except yaml.YAMLError as error:
            line, column, says = _told(error, skipped)
        finally:
            reading.dispose()
        line += skipped
        yield Unreadable(file=file, line=line + 1, column=column + 1, says=says)
        following = _next(content, start, skipped, line)
        if following is None:
            return
        start, skipped = following
        if faults == MOST_FAULTS:
            says = f"found {MOST_FAULTS} documents that can't be read. The rest of the file was left."
            yield Unreadable(file=file, line=skipped + 1, column=1, says=says)


def _next(content: bytes, start: int, skipped: int, line: int) -> tuple[int, int] | None:
    """Where the first ``---`` at or after a line stands, past the present start, and how many lines come before it."""
    offset = start
    for _ in range(line - skipped):
        offset = content.find(b"\n", offset) + 1
        if offset == 0:
            return None
    found = _SEPARATOR.search(content, max(offset, start + 1))
    return None if found is None else (found.start(), content.count(b"\n", 0, found.start()))


def _documents(parser: Any, file: str, skipped: int, room: int) -> Iterator[Document]:  # noqa: ANN401 - untyped
    builder = Builder(room)
    takes: dict[type, Callable[[Any], None]] = {}
    while True:
        event = parser.get_event()
        kind = type(event)
        if kind in takes:
            takes[kind](event)
        elif kind is yaml.DocumentStartEvent:
            builder = Builder(room)
            takes = _dispatch(builder)
        elif kind is yaml.DocumentEndEvent:
            room -= len(builder.lines)
            if builder.value is not None:
                yield _document(builder, file, skipped)
        elif kind is yaml.StreamEndEvent:
            return


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
    read = list(_yaml(content, file, parser))
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
