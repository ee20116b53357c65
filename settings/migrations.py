"""Migrations of databases: which revision a release needs, and what an environment asks for before it runs."""

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from settings.surroundings import Part
from settings.vocabulary import DnsLabel, Word, pattern

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _is_day(value: str) -> bool:
    try:
        return bool(_DAY.fullmatch(value)) and bool(date.fromisoformat(value))
    except ValueError:
        return False


def _plainly(value: object) -> object:
    if isinstance(value, bool):
        return value
    raise ValueError("expected true or false, without quotes, for example true")


Revision = Annotated[
    str,
    Word(
        "a revision, in at most 20 small letters, digits and hyphens",
        "'a1b2c3d4e5f6'",
        pattern(r"[a-z0-9]([a-z0-9-]{0,18}[a-z0-9])?"),
    ),
]
"""How a service's own tool names a state of its database; it becomes a part of a Job's name."""

Day = Annotated[str, Word("a day, quoted", "'2031-03-01'", _is_day)]
"""A day in UTC (ISO 8601)."""

Ticket = Annotated[str, Word("a ticket or an address", "OPS-12", pattern(r"(?=\S*\d)\S{2,200}"))]
"""Where something is written down."""


class Migration(Part):
    """The revision of a service's database that its release needs; it travels with the release."""

    revision: Revision
    """The revision to move to."""
    kind: Literal["expand", "contract"]
    """``expand`` adds, and the version before still runs; ``contract`` takes away what that version needs."""
    reversible: Annotated[bool, BeforeValidator(_plainly), Field(examples=["true"])]
    """Whether the version before can run again once it is done, for an ``expand``."""

    @property
    def bars_the_way_back(self) -> bool:
        """Whether no earlier version may run again once it has run."""
        return self.kind == "contract" or not self.reversible


class Backup(Part):
    """A backup that was restored somewhere, to see that it can be."""

    verified: Day
    """The day of the restore."""
    ticket: Ticket
    """Where its outcome is written down."""


class SignOff(Part):
    """Who answers for what can't be undone."""

    role: DnsLabel
    """The role, which is no person."""
    date: Day
    """The day of the signature."""
    ticket: Ticket
    """Where it is written down."""


class Readiness(Part):
    """What was done in this environment before a migration may run here."""

    revision: Revision
    """The revision that it is about: what was signed for one does not count for the next."""
    backup: Annotated[Backup, Field(examples=["{verified: '2031-03-01', ticket: OPS-11}"])]
    """The verified backup of the database (optibid:42)."""
    sign_off: Annotated[SignOff, Field(examples=["{role: database-owner, date: '2031-03-01', ...}"])] | None = None
    """Needed where there is no way back."""
    not_before: Day | None = None
    """The first day on which a ``contract`` may run: from then on the version before does not return."""
