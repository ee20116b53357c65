"""Creating an object, for real or as the API server's dry run."""

import time
from datetime import UTC, datetime

from toolchain.plugins.api.client import Object
from toolchain.plugins.api.errors import NoSuchKind, StatusError, Unreachable, Unsent
from toolchain.plugins.awaiting.reader import Ref
from toolchain.plugins.deploying.attempt import Attempt, shown

FIRST_MANAGER = "pulumi-kubernetes"
"""Field manager of a plain creation; the first update hands its fields to the resource's own."""
PAUSES = (1, 2, 4, 8, 16)
"""Seconds between tries while the namespace or the kind is still missing."""
PREVIEWED = "-preview"
CLOCKS_SECONDS = 60.0
"""How far our clock and the server's may be apart."""


def create(attempt: Attempt, wanted: Object, *, apply: bool, force: bool) -> Object:
    """Create the object and return it as the server made it.

    ``apply`` takes over an object that is there already; otherwise that is an error. A namespace or kind that is not
    there yet may be under way: it is waited for, half a minute at most. Raises ``Refused`` or ``Refusal``.
    """
    what = shown(Ref.of(wanted))
    for pause in (*PAUSES, None):
        try:
            if apply:
                return attempt.patiently(lambda: applied(attempt, wanted, force=force, dry_run=False), what)
            return _created(attempt, wanted, what)
        except (NoSuchKind, StatusError) as problem:
            if pause is None or not (isinstance(problem, NoSuchKind) or problem.early):
                raise
            attempt.voice.say(f"{problem}; trying again in {pause} s")
            attempt.pause(pause, what)
    raise AssertionError  # the last try returns or raises


def previewed(attempt: Attempt, wanted: Object, *, apply: bool) -> Object:
    """Ask the server what a creation would make, without making it. Raises ``Refused`` or ``Refusal``."""
    what = shown(Ref.of(wanted))
    if not apply:
        answer = attempt.patiently(lambda: attempt.client.create(wanted, manager=FIRST_MANAGER, dry_run=True), what)
        warned(attempt, answer.warnings)
        return answer.body
    try:
        return attempt.patiently(lambda: applied(attempt, wanted, force=True, dry_run=True), what)
    except StatusError as problem:
        if not problem.immutable:
            raise
    # What is to be replaced is still there. Under another name the server judges the new one by itself.
    name = wanted["metadata"]["name"]
    other = {**wanted, "metadata": {**wanted["metadata"], "name": f"{name[:50]}{PREVIEWED}"}}
    found = attempt.patiently(lambda: applied(attempt, other, force=True, dry_run=True), what)
    return {**found, "metadata": {**found["metadata"], "name": name}}


def applied(attempt: Attempt, wanted: Object, *, force: bool, dry_run: bool) -> Object:
    """Apply once on the server's side, and tell what the server warns of."""
    answer = attempt.client.apply(wanted, manager=attempt.manager, force=force, dry_run=dry_run)
    warned(attempt, answer.warnings)
    return answer.body


def warned(attempt: Attempt, warnings: tuple[str, ...]) -> None:
    """Show what the server warns of."""
    for words in warnings:
        attempt.voice.warn(words)


def _created(attempt: Attempt, wanted: Object, what: str) -> Object:
    """Create by a plain request. An answer that got lost may mean that the object is there: then it is looked at."""
    lost = False
    ends: float | None = None
    while True:
        attempt.check(what)
        try:
            answer = attempt.client.create(wanted, manager=FIRST_MANAGER, dry_run=False)
        except Unreachable as problem:
            lost = lost or not isinstance(problem, Unsent)
            ends = time.monotonic() + attempt.outage if ends is None else ends
            attempt.await_server(ends, what, problem)
        except StatusError as problem:
            if not (lost and problem.exists):
                raise
            live = attempt.patiently(lambda: attempt.client.get(Ref.of(wanted)), what)
            if live is None or not _ours(live, attempt.outage):
                raise
            return live
        else:
            warned(attempt, answer.warnings)
            return answer.body


def _ours(live: Object, outage: float) -> bool:
    """Say whether an object can be the one that we just made: by our manager, and no older than the outage."""
    metadata = live["metadata"]
    made = datetime.fromisoformat(metadata["creationTimestamp"])
    recent = abs((datetime.now(UTC) - made).total_seconds()) < outage + CLOCKS_SECONDS
    return recent and any(entry.get("manager") == FIRST_MANAGER for entry in metadata.get("managedFields") or [])
