"""Waivers: a named breach of one rule, accepted for a time by somebody who answers for it.

A waiver is a debt with a date. What would let it rot is refused: no owner, no ticket, no reason, no end, an end that is
past or too far away, a pattern that covers more than was looked at, two for the same thing, too many of them, and one
that nothing needs any more.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from guardrails.exceptions.config_errors import ConfigError, nearest, shown, unknown_keys
from guardrails.exceptions.object_identity import Identity
from guardrails.model.findings import Verdict
from guardrails.model.values import Plain

LONGEST: Final = 90
"""Days that a waiver may reach ahead: a quarter, the span at which the checklists rotate secrets and review access."""
MOST: Final = 10
"""Waivers of one stack: as many as one review can go through one by one. A rule that needs more does not fit; change
the rule."""

FIELDS: Final = ("rule", "resource", "owner", "reason", "ticket", "expires")
_EXAMPLES: Final = {
    "rule": "the id of a rule, for example read-only-root-filesystem",
    "resource": "Kind/namespace/name, or Kind/name without a namespace, for example Deployment/shop/api",
    "owner": "who answers for it, for example platform-engineering",
    "reason": "why the breach is accepted, in at least 15 characters",
    "ticket": "where its end is tracked, for example OPS-123 or an https address",
    "expires": 'the last day on which it holds, in quotes, for example "2031-12-31"',
}
_SHORTEST_REASON: Final = 15
_LITERALS: Final = 3
"""Letters and digits that a part with a wildcard must have."""
_KIND = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_PART = re.compile(r"[A-Za-z0-9._:*-]+")
_TICKET = re.compile(r"(?=\S*\d)\S{2,200}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """Which objects a waiver covers. `*` stands for any characters inside one part."""

    kind: str
    namespace: str | None
    name: str

    def covers(self, identity: Identity) -> bool:
        """Whether it is one of them. What can't be read is never covered."""
        if not identity.certain or self.kind != identity.kind:
            return False
        if self.namespace is None or identity.namespace is None:
            return self.namespace == identity.namespace and _fits(self.name, identity.name)
        return _fits(self.namespace, identity.namespace) and _fits(self.name, identity.name)

    def may_cover(self, identity: Identity) -> bool:
        """Whether it is one of them, or nobody can say."""
        return not identity.certain or self.covers(identity)


@dataclass(frozen=True, kw_only=True)
class Waiver:
    """One accepted breach. It covers failures only: what nobody can decide, nobody has accepted."""

    rule: str
    resource: str
    """The pattern as it was written."""
    owner: str
    reason: str
    ticket: str
    expires: date
    """The last day on which it holds, in UTC."""
    path: str
    """Where it stands, for example `waivers[0]`."""
    holds: bool = True
    """Nothing is wrong with it."""

    @property
    def pattern(self) -> Pattern:
        """What `resource` says."""
        kind, *middle, name = self.resource.split("/")
        return Pattern(kind=kind, namespace=middle[0] if middle else None, name=name)

    def days_left(self, today: date) -> int:
        """Whole days after today on which it still holds; 0 on its last day, negative when it is over."""
        return (self.expires - today).days

    def covers(self, rule: str, verdict: Verdict, identity: Identity | None) -> bool:
        """Whether this finding is what it accepts."""
        if not self.holds or verdict is not Verdict.FAIL or rule != self.rule or identity is None:
            return False
        return self.pattern.covers(identity)


def read_waivers(value: Plain, today: date, rules: Collection[str]) -> Iterator[Waiver | ConfigError]:
    """Read `waivers`, a list. One that is complained of is listed all the same if it can be read, but does not hold."""
    if value is None:
        return
    if not isinstance(value, list):
        yield ConfigError("waivers", shown(value), f"a list of maps with {', '.join(FIELDS)}")
        return
    met: dict[tuple[str, str], str] = {}
    for position, entry in enumerate(value):
        path = f"waivers[{position}]"
        complaints = list(_complaints(entry, path, today, rules))
        waiver = _waiver(entry, path)
        if waiver is not None:
            first = met.setdefault((waiver.rule, waiver.resource), path)
            if first != path:
                expected = f"one waiver for each rule and resource; {first} is the same. Remove one of them"
                complaints.append(ConfigError(path, "a second waiver for the same rule and resource", expected))
            if position >= MOST:
                complaints.append(ConfigError(path, f"waiver {position + 1}", f"at most {MOST} in one stack"))
            yield replace(waiver, holds=not complaints)
        yield from complaints


def _waiver(entry: Plain, path: str) -> Waiver | None:
    """The waiver, if it can be read at all."""
    said = {field: entry.get(field) for field in FIELDS} if isinstance(entry, dict) else {}
    texts = {field: text for field, text in said.items() if isinstance(text, str)}
    expires = _day(texts.pop("expires", ""))
    if expires is None or len(texts) < len(FIELDS) - 1 or _wrong_pattern(texts["resource"]):
        return None
    return Waiver(
        rule=texts["rule"],
        resource=texts["resource"],
        owner=_on_one_line(texts["owner"]),
        reason=_on_one_line(texts["reason"]),
        ticket=texts["ticket"],
        expires=expires,
        path=path,
    )


def _complaints(entry: Plain, path: str, today: date, rules: Collection[str]) -> Iterator[ConfigError]:
    if not isinstance(entry, dict):
        yield ConfigError(path, shown(entry), f"a map with {', '.join(FIELDS)}")
        return
    yield from unknown_keys(entry, FIELDS, path)
    for field in FIELDS:
        value = entry.get(field)
        place = f"{path}.{field}"
        if not isinstance(value, str) or not _FORMS[field](value):
            wrong = f"; {_wrong_pattern(value)}" if field == "resource" and isinstance(value, str) else ""
            yield ConfigError(place, shown(value), f"{_EXAMPLES[field]}{wrong}")
        elif field == "rule" and value not in rules:
            yield ConfigError(
                place, f"{shown(value)}, which is no rule", f"{_EXAMPLES[field]}; {nearest(value, rules)}"
            )
        elif field == "expires":
            yield from _wrong_end(value, place, today)


def _wrong_end(value: str, place: str, today: date) -> Iterator[ConfigError]:
    left = (date.fromisoformat(value) - today).days
    if left < 0:
        over = f"{value}, which was {-left} day{'' if left == -1 else 's'} ago"
        yield ConfigError(place, over, "a day to come. Remove the breach and the waiver, or renew it in a review")
    elif left > LONGEST:
        yield ConfigError(place, f"{value}, in {left} days", f"a day at most {LONGEST} days ahead of today, {today}")


def _wrong_pattern(text: str) -> str:
    """What is wrong with a pattern, if anything."""
    kind, *rest = text.split("/")
    if not 1 <= len(rest) <= 2 or not _KIND.fullmatch(kind) or not all(map(_PART.fullmatch, rest)):  # noqa: PLR2004
        return "the kind is written in full, and only * is a wildcard"
    if any("*" in part and sum(map(str.isalnum, part)) < _LITERALS for part in rest):
        return f"a part with a wildcard needs at least {_LITERALS} letters or digits, so that it can't cover everything"
    return ""


def _on_one_line(text: str) -> str:
    """What a block of YAML says, as a report shows it."""
    return " ".join(text.split())


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def _fits(pattern: str, text: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text, re.DOTALL) is not None


_FORMS: Final[Mapping[str, Callable[[str], bool]]] = {
    "rule": bool,
    "resource": lambda text: not _wrong_pattern(text),
    "owner": lambda text: bool(text.strip()) and _on_one_line(text).isprintable(),
    "reason": lambda text: len(text.strip()) >= _SHORTEST_REASON and _on_one_line(text).isprintable(),
    "ticket": lambda text: _TICKET.fullmatch(text) is not None and text.isprintable(),
    "expires": lambda text: _day(text) is not None,
}
"""Whether a field's text has the form that it must have."""
