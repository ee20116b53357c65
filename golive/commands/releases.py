"""``golive releases``: what was deployed to a stack, when, by whom, from which commit, and how it ended."""

import json
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any

import typer

from golive.releases.config_diff import summary
from golive.releases.engine import history
from golive.releases.errors import answering
from golive.releases.history import Release, updates

_COMMIT = 9
_HEADINGS = ("RELEASE", "WHEN", "WHO", "COMMIT", "OUTCOME", "POLICIES", "IMAGES", "CHANGED")


class Format(StrEnum):
    """How releases are listed."""

    TEXT = "text"
    JSON = "json"


def releases(
    stack: Annotated[str, typer.Option("--stack", "-s", help="The stack, such as dev.", show_default=False)],
    format_: Annotated[Format, typer.Option("--format", "-f", help="How to list.")] = Format.TEXT,
) -> None:
    """List every release of a stack, the newest first, from the engine's own history.

    A commit with + had files that differed from it. JSON has the whole settings of each.

    Exit codes: 0 listed, 2 the history can't be had.
    """
    with answering("releases"):
        found = updates(history(stack))
    typer.echo(as_json(found) if format_ is Format.JSON else as_text(found, stack), nl=False)


def as_text(found: Sequence[Release], stack: str) -> str:
    """Write the table, the newest release first."""
    if not found:
        return f"nothing was ever deployed to {stack}\n"
    rows = [_HEADINGS, *(_row(release, _before(found, position)) for position, release in _newest_first(found))]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "".join(f"{line}\n" for line in lines)


def as_json(found: Sequence[Release]) -> str:
    """Write all that is known, the newest release first; ``changed`` compares with the release before."""
    listed = [_entry(release, _before(found, position)) for position, release in _newest_first(found)]
    return f"{json.dumps(listed, indent=2)}\n"


def _newest_first(found: Sequence[Release]) -> list[tuple[int, Release]]:
    return list(enumerate(found))[::-1]


def _before(found: Sequence[Release], position: int) -> Release | None:
    return found[position - 1] if position else None


def _changed(release: Release, before: Release | None) -> str:
    if release.rollback_to is not None:
        return f"rollback to {release.rollback_to}{', unverified' if release.unverified else ''}"
    return summary(before.data, release.data) if before else "all of it"


def _row(release: Release, before: Release | None) -> tuple[str, ...]:
    commit = f"{release.commit[:_COMMIT]}{'+' if release.dirty else ''}" if release.commit else "unknown"
    when = f"{release.started:%Y-%m-%d %H:%M:%S}Z"
    who = release.who or "unknown"
    return (
        str(release.number),
        when,
        who,
        commit,
        release.outcome,
        _judged(release),
        _images(release),
        _changed(release, before),
    )


def _judged(release: Release) -> str:
    """What the guardrails said, and how many exceptions the stack file had: ``passed (4 lowered, 1 waived)``."""
    counts = {"lowered": release.exceptions.get("levels"), "waived": release.exceptions.get("waivers")}
    said = ", ".join(
        f"{len(found)} {word}" for word, found in counts.items() if isinstance(found, dict | list) and found
    )
    return f"{release.policies} ({said})" if said and release.judged else release.policies


def _images(release: Release) -> str:
    """How many images it had, and how many of them nobody can move: ``24, 2 by digest``."""
    pinned = sum(digest is not None for digest in release.digests.values())
    return f"{len(release.images)}, {pinned} by digest"


def _entry(release: Release, before: Release | None) -> dict[str, Any]:
    return {
        "release": release.number,
        "started": release.started.isoformat(),
        "ended": release.ended.isoformat() if release.ended else None,
        "who": release.who,
        "commit": release.commit,
        "dirty": release.dirty,
        "outcome": release.outcome,
        "policies": release.policies,
        "exceptions": dict(release.exceptions),
        "rollbackTo": release.rollback_to,
        "unverified": release.unverified,
        "changed": _changed(release, before),
        "fingerprint": release.fingerprint,
        "images": dict(release.images),
        "digests": dict(release.digests),
        "settings": dict(release.data),
    }
