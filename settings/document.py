"""YAML text as plain data, with the line of every key.

Pulumi reads the same file with Go's yaml.v3 and hands the program JSON. So that both readers always agree, plain
scalars are resolved here by that reader's rules: YAML 1.2, in which ``on`` and ``no`` are text, plus the old octal
``010``, underscores in numbers, and merge keys. What the two might still see differently is refused.
"""

import math
import re
import warnings
from dataclasses import dataclass, field
from typing import NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.tokens import DirectiveToken, TagToken

from settings.errors import Fault, Path, quoted

MOST_NODES = 20_000
"""How many values a file may hold once its aliases are followed; a few hundred are usual."""

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}([Tt ]+.*)?", re.ASCII)
_INTEGER = re.compile(r"[-+]?(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_A_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)|[-+]?0[oO][-+][0-7]+|\.[-+0-9eE]*_[-+0-9eE_]*")
_SEPARATORS = re.compile("[\x85\u2028\u2029]")
_OUT_OF_ORDER = re.compile("^%|!", re.MULTILINE)
_BASES = {"0x": 16, "0b": 2, "0o": 8}
_BIGGEST = 2**64
_LONGEST_NUMBER = 64
_MERGE = "<<"


class Unreadable(Exception):  # noqa: N818 -- it is never raised to a user; the loader turns it into a SettingsError
    """The text can't be read as one value for each key."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(str(fault))


@dataclass
class Document:
    """One file's data, and the line (counted from 1) of every key and list item in it."""

    data: object = None
    lines: dict[Path, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    """What is wrong with single values; the data holds ``None`` in their place."""


def compose(text: str) -> Document:
    """Read one YAML document; ``Unreadable`` says where the text stops being one."""
    reader = YAML(typ="safe", pure=True)
    separator = _SEPARATORS.search(text)
    if separator:
        line = text.count("\n", 0, separator.start()) + 1
        raise Unreadable(Fault((), "a line separator that readers differ in", "line feeds alone", line=line))
    try:
        if _OUT_OF_ORDER.search(text):
            _refuse_tokens(text)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an anchor may be used twice, as Pulumi's reader allows
            root = reader.compose(text)
    except MarkedYAMLError as error:
        raise _located(error) from None
    except YAMLError as error:
        raise Unreadable(Fault((), "text that is not YAML", f"YAML ({quoted(str(error).splitlines()[0])})")) from None
    except RecursionError:
        raise Unreadable(Fault((), "lists or maps nested too deeply", "a few levels at most")) from None
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, AssertionError):
        # The parser stumbles over some malformed texts instead of refusing them.
        raise Unreadable(
            Fault((), "text that is not YAML", "YAML, for example config: {golive:settings: {...}}")
        ) from None
    builder = _Builder()
    builder.document.data = builder.build(root, ()) if root is not None else None
    return builder.document


def _refuse_tokens(text: str) -> None:
    """Refuse ``!!int`` and ``%YAML 1.1`` and their like: readers differ in them, and a stack file needs none."""
    for token in YAML(typ="safe", pure=True).scan(text):
        line = token.start_mark.line + 1
        if isinstance(token, TagToken):
            raise Unreadable(Fault((), "a tag", "a value without a tag; put text in quotes", line=line))
        if isinstance(token, DirectiveToken):
            raise Unreadable(Fault((), "a directive", "the file to begin with config:", line=line))


def _located(error: MarkedYAMLError) -> Unreadable:
    mark = error.problem_mark or error.context_mark
    # The name of an alias may be a password that begins with an asterisk.
    problem = re.sub(r"undefined alias .*", "undefined alias; put it in quotes", (error.problem or "not YAML"))
    problem = problem.splitlines()[0]
    column = f" at column {mark.column + 1}" if mark else ""
    fault = Fault((), f"text that is not YAML{column} ({problem})", "YAML", line=mark.line + 1 if mark else None)
    return Unreadable(fault)


class _Builder:
    """Turns nodes into plain data, and follows no alias into itself and no bomb to its end."""

    def __init__(self) -> None:
        self.document = Document()
        self._open: list[Node] = []
        self._count = 0

    def build(self, node: Node, path: Path) -> object:
        """Build the data of one node; single values that can't be had become faults and ``None``."""
        self._count += 1
        if self._count > MOST_NODES:
            raise Unreadable(
                Fault((), f"more than {MOST_NODES} values, aliases followed", "a stack file of ordinary size")
            )
        self.document.lines.setdefault(path, node.start_mark.line + 1)
        if any(node is parent for parent in self._open):
            self._stop(path, node, "an alias of the part that it stands in", "a value")
        self._open.append(node)
        try:
            return self._build(node, path)
        finally:
            self._open.pop()

    def _build(self, node: Node, path: Path) -> object:
        if isinstance(node, ScalarNode):
            return self._scalar(node, path)
        if isinstance(node, SequenceNode):
            return [self.build(child, (*path, position)) for position, child in enumerate(node.value)]
        return self._mapping(node, path)

    def _mapping(self, node: Node, path: Path) -> dict[str, object]:
        if not isinstance(node, MappingNode):
            self._stop(path, node, "a part of unknown kind", "a map, a list or a value")
        built: dict[str, object] = {}
        first: dict[str, int] = {}
        # What is merged comes first, and later maps before earlier ones: whatever comes afterwards wins.
        for part in reversed([part for key, value in node.value if _is_merge(key) for part in _merged(value)]):
            built.update(self._brought(part, path))
        for key_node, value_node in node.value:
            if _is_merge(key_node):
                continue
            key = self._key(key_node, path)
            line = key_node.start_mark.line + 1
            if key in first:
                self._stop((*path, key), key_node, f"the key a second time, after line {first[key]}", "each key once")
            first[key] = line
            self.document.lines[(*path, key)] = line
            built[key] = self.build(value_node, (*path, key))
        return built

    def _brought(self, part: Node, path: Path) -> dict[str, object]:
        """Build what ``<<`` brings."""
        brought = self.build(part, path) if isinstance(part, MappingNode) else None
        if not isinstance(brought, dict):
            self._stop((*path, _MERGE), part, "something that is not a map", "a map, or a list of maps, to merge")
        return brought

    def _key(self, node: Node, path: Path) -> str:
        key = self._scalar(node, path) if isinstance(node, ScalarNode) else None
        if not isinstance(key, str):
            bare = quoted(str(node.value)) if isinstance(node, ScalarNode) else "of several parts"
            self._stop(path, node, f"the key {bare}, which is not text", "keys that are text; put it in quotes")
        return key

    def _scalar(self, node: ScalarNode, path: Path) -> object:
        text = str(node.value)
        if node.style in ("'", '"', "|", ">"):
            return text
        if _DATE.fullmatch(text):
            self._fault(path, node, "a bare date, which readers turn into a moment", "text; put it in quotes")
            return None
        value = resolved(text)
        enormous = isinstance(value, int) and not -(_BIGGEST // 2) <= value < _BIGGEST
        if enormous or _NOT_A_NUMBER.fullmatch(text):
            self._fault(path, node, f"{quoted(text)}, which no setting can be", "a plain number or quoted text")
            return None
        return value

    def _fault(self, path: Path, node: Node, found: str, expected: str) -> None:
        self.document.faults.append(Fault(path, found, expected, line=node.start_mark.line + 1))

    def _stop(self, path: Path, node: Node, found: str, expected: str) -> NoReturn:
        raise Unreadable(Fault(path, found, expected, line=node.start_mark.line + 1))


def _is_merge(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.value == _MERGE and node.style not in ("'", '"')


def _merged(value: Node) -> list[Node]:
    return list(value.value) if isinstance(value, SequenceNode) else [value]


def resolved(text: str) -> object:
    """Give the value of a bare word: null, a boolean, a number, or the text itself."""
    for words, value in ((_NULL, None), (_TRUE, True), (_FALSE, False)):
        if text in words:
            return value
    digits = text.replace("_", "")
    if len(digits) > _LONGEST_NUMBER or not digits or (text[0] not in "+-." and not text[0].isdigit()):
        return text
    if _INTEGER.fullmatch(digits):
        return _whole(digits)
    if not _FLOAT.fullmatch(digits) or not math.isfinite(float(digits)):
        return text
    return _real(float(digits))


def _whole(digits: str) -> int:
    sign = -1 if digits[0] == "-" else 1
    bare = digits.lstrip("+-").lower()
    if bare[:2] in _BASES:
        return sign * int(bare[2:], _BASES[bare[:2]])
    return sign * (int(bare, 8) if bare[0] == "0" and len(bare) > 1 else int(bare))


def _real(value: float) -> object:
    """Give a number as JSON carries it: ``3.0`` and ``1e3`` arrive as whole numbers."""
    return int(value) if value.is_integer() and abs(value) < 1e21 else value  # noqa: PLR2004 -- where Go's JSON turns to exponents
