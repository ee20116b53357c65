"""Which migrations lie between what is deployed and the release to return to, and which of them have no way back."""

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import ValidationError

from golive.releases.history import Release
from settings.migrations import Migration


def crossed(done: Sequence[Release], target: Release) -> Iterator[str]:
    """Say of each migration after ``target`` why no earlier version may run again; nothing where one may.

    A release that failed may have run its migrations, so it counts; what can't be read counts as without a way back.
    """
    known = {key for release in done if release.number <= target.number for key in _revisions(release)}
    told: set[tuple[str, str]] = set()
    for release in done:
        if release.number <= target.number:
            continue
        for (service, revision), migration in _revisions(release).items():
            if (service, revision) in known | told:
                continue
            told.add((service, revision))
            if migration is None:
                yield f"release {release.number} has a migration of {service} that this program can't read"
            elif migration.bars_the_way_back:
                what = "takes away what the version before needs" if migration.kind == "contract" else "can't be undone"
                yield f"release {release.number} moved the database of {service} to {revision}, which {what}"


def _revisions(release: Release) -> dict[tuple[str, str], Migration | None]:
    """Give the migrations of a release by service and revision; ``None`` for one that can't be read."""
    listed = release.data.get("releases")
    found: dict[tuple[str, str], Migration | None] = {}
    for service, entry in listed.items() if isinstance(listed, dict) else ():
        said: Any = entry.get("migration") if isinstance(entry, dict) else None
        if said is None:
            continue
        try:
            migration = Migration.model_validate(said)
        except ValidationError:
            found[service, f"an unknown revision of release {release.number}"] = None
        else:
            found[service, migration.revision] = migration
    return found
