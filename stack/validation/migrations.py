"""Whether the migrations of an environment may run: each one is prepared there, and its days have come."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from catalog.model import Product
from settings.errors import NOTHING, Fault
from settings.migrations import Migration, Readiness
from settings.models import Settings

_READY = "what was done before it, for example {revision: %s, backup: {verified: '2031-03-01', ticket: OPS-11}, ...}"
_SIGNED = "a signature, for example signOff: {role: database-owner, date: '2031-03-01', ticket: OPS-12}"
_LATER = "the first day on which the version before can't return, for example notBefore: '2031-03-08'"


def unready(settings: Settings, chosen: Sequence[Product]) -> Iterator[Fault]:
    """Find migrations that nobody can run, or that were not prepared here, and preparations of none."""
    commands = {service.name: service.migrate for product in chosen for service in product.services}
    prepared = settings.migrations or {}
    wanted = {name: release.migration for name, release in settings.releases.items() if release.migration is not None}
    for name, migration in wanted.items():
        if name in commands and not commands[name]:
            expected = "no migration: the catalogue knows no command for one"
            yield Fault(("releases", name, "migration"), f"the revision '{migration.revision}'", expected)
        ready = prepared.get(name)
        if ready is None:
            yield Fault(("migrations", name), NOTHING, _READY % migration.revision)
        else:
            yield from _unlike(name, migration, ready)
    for name in prepared:
        if name not in wanted:
            yield Fault(
                ("migrations", name), "a migration that no release has", f"releases.{name}.migration, or no line"
            )


def _unlike(name: str, migration: Migration, ready: Readiness) -> Iterator[Fault]:
    place = ("migrations", name)
    if ready.revision != migration.revision:
        expected = f"'{migration.revision}', as in releases.{name}.migration: each revision is prepared for itself"
        yield Fault((*place, "revision"), f"'{ready.revision}'", expected)
    if migration.bars_the_way_back and ready.sign_off is None:
        yield Fault((*place, "signOff"), f"{NOTHING}, and there is no way back behind it", _SIGNED)
    if migration.kind == "contract" and ready.not_before is None:
        yield Fault((*place, "notBefore"), NOTHING, _LATER)


def untimely(settings: Settings, at: datetime | None) -> Iterator[Fault]:
    """Find what is dated after the day of ``at``, in UTC: it is not done yet. Without a time nothing is."""
    today = at.date().isoformat() if at is not None else ""
    for name, ready in (settings.migrations or {}).items():
        dates = {("backup", "verified"): ready.backup.verified, ("notBefore",): ready.not_before}
        if ready.sign_off is not None:
            dates["signOff", "date"] = ready.sign_off.date
        for below, day in dates.items():
            if day is None or (today and day <= today):
                continue
            found = f"'{day}', and today is {today or 'unknown'}"
            waiting = below == ("notBefore",)
            expected = "to wait until then: the version before may still return" if waiting else "a day that has been"
            yield Fault(("migrations", name, *below), found, expected)
