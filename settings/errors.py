"""What is wrong with a stack file, in words for the person who is editing it."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

Path: TypeAlias = tuple[str | int, ...]
"""Where a value lies below ``golive:settings``: keys and list positions, ``("releases", "marketplace", "image")``."""

Lines: TypeAlias = Mapping[Path, int]
"""The line, counted from 1, on which each key or list item of a file begins."""

SUBJECT = "golive:settings"
"""The one configuration key that the program reads."""

GUARDRAILS = "golive:guardrails"
"""The key that the guardrails read: levels of rules and waivers. The program only lets it stand."""

NOTHING = "nothing"
"""What is found where a required key is missing."""

HIDDEN = "a value that is not shown, because it may be secret"
"""What is said instead of a value that must not reach a terminal or a log."""

_LONGEST = 80
_LONGEST_SEARCH = 10 * _LONGEST
_MOST_KEYS = 8
_SECRET_KEY = re.compile(
    r"pass(word|wd|phrase|code)|passwd|^pw$|token|secret|credential|private|bearer|"
    r"(api|access|signing|encryption|license|client)[-_ ]?key|^key$|key[-_ ]?material|^auth$|cookie|salt$",
    re.IGNORECASE,
)
_SECRET_VALUE = re.compile(
    r"-----BEGIN|A(KIA|SIA)[0-9A-Z]{12}|gh[pousr]_\w{10}|xox[abprs]-|eyJ[\w-]{8,}\.|[^\s/:@]+:[^\s/@]+@(?!sha256:)",
)
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_:-]+(\.[A-Za-z0-9_:-]+)*", re.ASCII)
_SETTINGS_OF_SECRETS: Path = ("platform", "secrets")


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, and what would be right.

    ``found`` and ``expected`` are phrases without a final full stop; ``expected`` shows a valid example. ``line``
    counts from 1 and is absent when the settings didn't come from a file. ``hint`` is a whole sentence.
    """

    path: Path
    found: str
    expected: str
    line: int | None = None
    hint: str | None = None

    def __str__(self) -> str:
        """Say it in one line, the place first."""
        place = f"line {self.line}: " if self.line else ""
        where = f"{spelled(self.path)}: " if self.path else ""
        hint = f" {self.hint}" if self.hint else ""
        return f"{place}{where}found {self.found}; expected {self.expected}.{hint}"


class SettingsError(Exception):
    """Settings that were refused; ``str()`` is the whole list, one line for each fault.

    ``source`` names the file as the reader knows it. ``reads`` is false when the file could not be read at all.
    """

    def __init__(self, source: str, faults: Sequence[Fault], *, reads: bool = True) -> None:
        self.source = source
        self.faults = tuple(faults)
        self.reads = reads
        super().__init__(source, self.faults)

    def __str__(self) -> str:
        """List every fault under a first line that counts them."""
        if not self.reads:
            return "\n".join([f"{self.source}: can't be read", *(f"  {fault}" for fault in self.faults)])
        count = "1 fault" if len(self.faults) == 1 else f"{len(self.faults)} faults"
        return "\n".join([f"{self.source}: {count} in {SUBJECT}", *(f"  {fault}" for fault in self.faults)])


class ContradictionError(ValueError):
    """Values that are each valid and can't be true together; raised by a model's own checks.

    The paths of ``faults`` are relative to the model that raises.
    """

    def __init__(self, *faults: Fault) -> None:
        self.faults = faults
        super().__init__("; ".join(str(fault) for fault in faults))


@dataclass(frozen=True)
class Origin:
    """Where settings came from. It takes no part in comparisons: equal settings are equal wherever they lie."""

    source: str = field(default="settings", compare=False)
    lines: Lines = field(default_factory=dict, compare=False)

    def refuse(self, faults: Sequence[Fault]) -> SettingsError:
        """Make the error that reports these faults, each with its line where one is known."""
        located = [replace(fault, line=fault.line or line_of(fault.path, self.lines)) for fault in faults]
        return SettingsError(self.source, sorted(located, key=lambda fault: fault.line or 0))


def line_of(path: Path, lines: Lines) -> int | None:
    """Find the line of a key, or of the nearest one above it: a missing key has no line of its own."""
    for length in range(len(path), -1, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return None


def spelled(path: Path) -> str:
    """Spell a path as people do: ``products.optibid.canary.stages[0].weight``."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif _PLAIN_KEY.fullmatch(part) and "." not in part:
            text += f".{part}" if text else part
        else:
            text += f"[{quoted(part)}]"
    return text


def described(path: Path, value: object) -> str:
    """Describe what was found at ``path`` in few words, and without a value that may be secret."""
    if isinstance(value, Mapping):
        keys = [key if isinstance(key, str) and _PLAIN_KEY.fullmatch(key) else quoted(str(key)) for key in value]
        more = f" and {len(keys) - _MOST_KEYS} more" if len(keys) > _MOST_KEYS else ""
        return (
            f"a map with {'the key ' if len(keys) == 1 else ''}{', '.join(keys[:_MOST_KEYS])}{more}"
            if keys
            else "an empty map"
        )
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}" if value else "an empty list"
    if value is None:
        return "null"
    return HIDDEN if _may_be_secret(path, value) else _scalar(value)


def quoted(text: str) -> str:
    """Put text in quotes, shortened, on one line and free of characters that a terminal would obey."""
    short = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
    return json.dumps(short, ensure_ascii=not short.isprintable())


def _scalar(value: object) -> str:
    if isinstance(value, bool):
        return f"{str(value).lower()} (a boolean)"
    if isinstance(value, int | float):
        number = str(value) if isinstance(value, float) or abs(value) < 10**_LONGEST else "an enormous number"
        return f"{number} (a number)"
    return quoted(str(value))


def _may_be_secret(path: Path, value: object) -> bool:
    """Judge by the keys on the way and by the value; the settings *of* the secret store are no secrets."""
    below = path[len(_SETTINGS_OF_SECRETS) :] if path[: len(_SETTINGS_OF_SECRETS)] == _SETTINGS_OF_SECRETS else path
    keys = (key for key in below if isinstance(key, str))
    looks_secret = isinstance(value, str) and _SECRET_VALUE.search(value[:_LONGEST_SEARCH]) is not None
    return looks_secret or any(_SECRET_KEY.search(key[:_LONGEST_SEARCH]) for key in keys)
