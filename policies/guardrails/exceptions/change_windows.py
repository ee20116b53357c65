"""When a stack may be deployed: windows of the week, and freezes, in a time zone that the stack file names.

The time is an argument. A zone that this machine does not know, or an entry that can't be read, opens nothing.
"""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from guardrails.exceptions.config_errors import ConfigError, shown, unknown_keys
from guardrails.model.values import Plain

KEY: Final = "changes"
FIELDS: Final = ("timezone", "windows", "freezes", "rollbacks", "rollback")
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NOT_DEPLOYED: Final = ("holds", "promotion")
"""The keys of the settings that reach no object; a rollback changes the holds."""

_WINDOW: Final = ("days", "from", "until")
_FREEZE: Final = ("from", "until", "reason")
_ROLLBACK: Final = ("release", "settings")
_A_WINDOW: Final = 'for example {days: [mon, tue, wed, thu], from: "09:00", until: "16:00"}'
_A_FREEZE: Final = 'for example {from: "2031-12-20", until: "2032-01-02", reason: The end of the year.}'
_LATER: Final = (
    "a later time of the same day; for hours over midnight write two windows, "
    'one until "24:00" and one from "00:00" of the next day'
)
_ZONE: Final = "a time zone that this machine knows, for example America/New_York or UTC"
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)
_HOUR: Final = 60
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Moment:
    """When somebody asks, and for what."""

    now: datetime
    """With its zone."""
    deploying: bool
    """False for a preview, which shows what a deployment would meet."""
    settings: Plain = None
    """What the stack file asks for."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """Some hours of some days of the week."""

    days: frozenset[int]
    """From 0, Monday."""
    begins: int
    """In minutes from midnight."""
    ends: int
    """The first minute that is outside."""

    def holds(self, local: datetime) -> bool:
        """Whether the moment lies inside."""
        return local.weekday() in self.days and self.begins <= local.hour * _HOUR + local.minute < self.ends


@dataclass(frozen=True, kw_only=True)
class Freeze:
    """Whole days on which nothing is deployed."""

    first: date
    last: date
    reason: str


@dataclass(frozen=True, kw_only=True)
class Changes:
    """When a stack may be deployed."""

    zone: tzinfo
    windows: tuple[Window, ...] | None
    """None where any time is well."""
    freezes: tuple[Freeze, ...]
    rollback: str
    """The digest of what a rollback returns to, where rollbacks may come at any time; else empty."""

    def closed(self, moment: Moment) -> str:
        """Say why nothing may be deployed at this moment; empty where it may."""
        if self.rollback and self.rollback == asked_for(moment.settings):
            return ""
        local = moment.now.astimezone(self.zone)
        when = f"{local:%A %Y-%m-%d %H:%M %Z}"
        for freeze in self.freezes:
            if freeze.first <= local.date() <= freeze.last:
                return f"{when} lies in the freeze until {freeze.last} ({freeze.reason})"
        if self.windows is not None and not any(window.holds(local) for window in self.windows):
            return f"{when} lies in no change window"
        return ""


def asked_for(settings: Plain) -> str:
    """Digest what the settings ask to deploy: by it a rollback is known again. Empty where they can't be read."""
    if not isinstance(settings, dict):
        return ""
    kept = {key: value for key, value in settings.items() if key not in NOT_DEPLOYED}
    return f"sha256:{hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()}"


def read_changes(value: Plain, complaints: list[ConfigError]) -> Changes | None:
    """Read `changes`; None where something is wrong with it, which is added to the `complaints`."""
    if not isinstance(value, dict):
        complaints.append(ConfigError(KEY, shown(value), f"a map with {', '.join(FIELDS[:-1])}"))
        return None
    wrong = list(unknown_keys(value, FIELDS, KEY))
    zone = _zone(value.get("timezone"))
    if zone is None:
        wrong.append(ConfigError(f"{KEY}.timezone", shown(value.get("timezone")), _ZONE))
    windows = _each(value, "windows", _A_WINDOW, _window, wrong)
    freezes = _each(value, "freezes", _A_FREEZE, _freeze, wrong)
    rollbacks = value.get("rollbacks", "refused")
    if rollbacks not in ("allowed", "refused"):
        expected = "allowed or refused: whether a rollback may come at a time that is closed"
        wrong.append(ConfigError(f"{KEY}.rollbacks", shown(rollbacks), expected))
    back = _digest(value.get("rollback"), wrong)
    complaints += wrong
    if wrong or zone is None:
        return None
    return Changes(zone=zone, windows=windows, freezes=freezes or (), rollback=back if rollbacks == "allowed" else "")


def _each(
    said: dict[str, Plain],
    name: str,
    example: str,
    read: Callable[[dict[str, Plain], str, list[ConfigError]], T],
    complaints: list[ConfigError],
) -> tuple[T, ...] | None:
    """Read the list of this name; None where there is none, and only there: an empty one opens nothing."""
    if name not in said:
        return None
    value = said[name]
    if not isinstance(value, list) or not value:
        found = "an empty list" if isinstance(value, list) else shown(value)
        complaints.append(ConfigError(f"{KEY}.{name}", found, f"a list of at least one, {example}"))
        return ()
    entries: list[T] = []
    for position, entry in enumerate(value):
        path = f"{KEY}.{name}[{position}]"
        if isinstance(entry, dict):
            entries.append(read(entry, path, complaints))
        else:
            complaints.append(ConfigError(path, shown(entry), f"a map, {example}"))
    return tuple(entries)


def _window(entry: dict[str, Plain], path: str, complaints: list[ConfigError]) -> Window:
    """Read one window. Where something is wrong, it is added to the `complaints`, and the window opens nothing."""
    complaints += unknown_keys(entry, _WINDOW, path)
    days = entry.get("days")
    known = (
        {DAYS.index(day) for day in days if isinstance(day, str) and day in DAYS} if isinstance(days, list) else set()
    )
    if not isinstance(days, list) or not known or len(known) != len(days):
        complaints.append(ConfigError(f"{path}.days", _told(days), f"a list of days, each once, of {', '.join(DAYS)}"))
    times = {key: _minutes(entry.get(key)) for key in ("from", "until")}
    complaints += [
        ConfigError(f"{path}.{key}", shown(entry.get(key)), 'a time, in quotes, for example "09:00"')
        for key, minutes in times.items()
        if minutes is None
    ]
    begins, ends = times["from"] or 0, times["until"] or 0
    if None not in times.values() and begins >= ends:
        found = f"{shown(entry['until'])}, with from {shown(entry['from'])}"
        complaints.append(ConfigError(f"{path}.until", found, _LATER))
    return Window(days=frozenset(known), begins=begins, ends=ends)


def _freeze(entry: dict[str, Plain], path: str, complaints: list[ConfigError]) -> Freeze:
    """Read one freeze. Where something is wrong, it is added to the `complaints`."""
    complaints += unknown_keys(entry, _FREEZE, path)
    days = {key: _day(entry.get(key)) for key in ("from", "until")}
    complaints += [
        ConfigError(f"{path}.{key}", shown(entry.get(key)), 'a day, in quotes, for example "2031-12-20"')
        for key, day in days.items()
        if day is None
    ]
    first, last, reason = days["from"] or date.min, days["until"] or date.max, entry.get("reason")
    if first > last:
        found = f"{shown(entry['until'])}, with from {shown(entry['from'])}"
        complaints.append(ConfigError(f"{path}.until", found, "the same day or a later one: it is the freeze's last"))
    if not isinstance(reason, str) or not reason.strip() or not reason.isprintable():
        complaints.append(
            ConfigError(f"{path}.reason", shown(reason), "why, in one line, for example The end of the year")
        )
        reason = ""
    return Freeze(first=first, last=last, reason=reason.strip().removesuffix("."))


def _digest(value: Plain, complaints: list[ConfigError]) -> str:
    """What `golive rollback` wrote; empty where it did not."""
    if value is None:
        return ""
    digest = value.get("settings") if isinstance(value, dict) and set(value) == set(_ROLLBACK) else None
    if isinstance(digest, str) and _DIGEST.fullmatch(digest):
        return digest
    complaints.append(ConfigError(f"{KEY}.rollback", _told(value), "what golive rollback wrote. Remove it"))
    return ""


def _told(entry: Plain) -> str:
    """A map or a list of few plain values, or what it is."""
    if isinstance(entry, list):
        return f"[{', '.join(map(shown, entry))}]"
    if not isinstance(entry, dict):
        return shown(entry)
    return "{" + ", ".join(f"{key}: {shown(value)}" for key, value in entry.items()) + "}"


def _zone(value: Plain) -> tzinfo | None:
    if value == "UTC":
        return UTC
    try:
        return ZoneInfo(value) if isinstance(value, str) and value else None
    except (ValueError, OSError, KeyError):
        # ZoneInfoNotFoundError is a KeyError; a name with dots in it is a ValueError, a folder an OSError.
        return None


def _minutes(value: Plain) -> int | None:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        return None
    return int(value[:2]) * _HOUR + int(value[3:])


def _day(value: Plain) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and _DAY.fullmatch(value) else None
    except ValueError:
        return None
