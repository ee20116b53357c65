"""Waiting until an object is ready, or gone."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeAlias

from toolchain.plugins.awaiting import kinds, wait_for
from toolchain.plugins.awaiting.fields import Unreadable, at, number, objects, one_line, reason, text
from toolchain.plugins.awaiting.outcome import Collection, Failed, Family, Outcome, Ready, Settling, Waiting
from toolchain.plugins.awaiting.reader import Live, Reader, Ref, Refused, Unreachable
from toolchain.plugins.awaiting.sight import Sight

SLICE = 0.2
"""Seconds after which a wait without news looks at the clock and at the cancellation. It asks the cluster nothing."""
UNKNOWN = Waiting("nothing has been read of it yet")
"""The beginning of every wait, too short to be told of unless the wait ends with it."""
Say: TypeAlias = Callable[[str], None]
"""Takes one short sentence for the user."""


class NotReady(Exception):  # noqa: N818 - what became of the object; the wait itself worked
    """An object exists and is not as it should be, or should be gone and is not."""

    def __init__(self, words: tuple[str, ...], live: Live, *, cancelled: bool = False) -> None:
        super().__init__("; ".join(words))
        self.words = words
        """What was awaited in the end, and what may be in the way: one sentence each."""
        self.live = dict(live)
        """The object as it was last seen."""
        self.cancelled = cancelled
        """Whether the wait was cancelled before its time was over."""


@dataclass(frozen=True, kw_only=True)
class Wait:
    """How long and how to wait."""

    inputs: Live
    """The object that the program asked for: its annotations say how it is awaited."""
    timeout: float | None = None
    """Seconds from the resource's ``customTimeouts``; none or 0: the annotation's, else the kind's default."""
    say: Say
    cancelled: threading.Event
    clock: Callable[[], float] = time.monotonic


def wait_ready(live: Live, reader: Reader, wait: Wait) -> dict[str, Any]:
    """Wait until ``live``, as the API server returned it when it was applied, is ready; return it as it is then.

    Raises ``NotReady`` when the time is over, when the wait is cancelled, or when the object can't become ready.
    """
    try:
        family = kinds.readiness(live, wait.inputs)
        beside = () if family is None else family.related(live)
    except (wait_for.Malformed, Unreadable) as error:
        raise NotReady((str(error),), live) from error
    if family is None:
        return dict(live)
    patience = kinds.patience(wait.timeout, wait.inputs, family.timeout)
    with Sight(reader, Ref.of(live), beside, wait.clock) as sight:
        try:
            _until(lambda: _judge(family, live, sight), sight, wait, patience)
        except (_Over, Refused) as end:
            raise _not_ready(end, sight.last or live, f"not ready within {patience:g} s") from end
        return dict(sight.last or live)


def wait_gone(live: Live, reader: Reader, wait: Wait) -> None:
    """Wait until ``live``, whose deletion was asked for, is gone.

    Raises ``NotReady`` when the time is over or the wait is cancelled, with the finalizers that hold the object.
    """
    if not kinds.awaits_deletion(wait.inputs):
        return
    patience = kinds.patience(wait.timeout, wait.inputs, kinds.DELETION_TIMEOUT)
    ref, late = Ref.of(live), f"not gone within {patience:g} s"
    with Sight(reader, ref, (), wait.clock) as sight:
        try:
            _until(lambda: _judge_gone(live, sight), sight, wait, patience)
        except Refused as error:
            if not _unserved(error):
                raise _not_ready(error, sight.last or live, late) from error
        except _Over as end:
            if not _gone(ref, reader):
                raise _not_ready(end, sight.last or live, late) from end


def check_ready(live: Live, reader: Reader, inputs: Live) -> None:
    """Look once whether ``live``, just read, is ready, for those kinds that a refresh looks at.

    Raises ``NotReady`` if it is not, and what the reader raises.
    """
    family = kinds.listed(live)
    if family is None or not family.on_refresh or kinds.skips(inputs):
        return
    try:
        outcome = family.progress(live, {seen.kind: _look(seen, reader) for seen in family.related(live)})
    except Unreadable as error:
        raise NotReady((str(error),), live) from error
    if isinstance(outcome, Waiting | Failed):
        raise NotReady((outcome.words, *outcome.details), live)


def _look(seen: Collection, reader: Reader) -> tuple[Live, ...]:
    try:
        return reader.list(seen.api_version, seen.kind, seen.namespace, labels=seen.labels, fields=seen.fields).items
    except Refused:
        if seen.needed:
            raise
        return ()


class _Over(Exception):  # noqa: N818 - a wait's end
    """The wait has ended without success."""

    def __init__(self, outcome: Outcome, outage: str, *, cancelled: bool = False) -> None:
        super().__init__()
        self.outcome = outcome
        self.outage = outage
        self.cancelled = cancelled


def _until(judge: Callable[[], Outcome], sight: Sight, wait: Wait, patience: float) -> None:
    """Judge after all news until what is awaited has come. Raises ``_Over``, and what ``Sight.take`` raises."""
    deadline = wait.clock() + patience
    said = ""
    outcome: Outcome = UNKNOWN
    while True:
        if sight.complete:
            outcome = judge()
        elif isinstance(outcome, Settling):
            outcome = Waiting(outcome.words)
        settled = isinstance(outcome, Settling) and sight.quiet(outcome.kind) >= outcome.seconds
        if isinstance(outcome, Ready) or settled:
            return
        over = wait.cancelled.is_set() or wait.clock() >= deadline
        if over and isinstance(outcome, Settling):
            return
        if over or isinstance(outcome, Failed):
            raise _Over(outcome, sight.outage, cancelled=wait.cancelled.is_set())
        line = f"waiting for the API server: {sight.outage}" if sight.outage else _line(outcome)
        if line not in (said, UNKNOWN.words):
            wait.say(line)
            said = line
        sight.take(SLICE)


def _judge(family: Family, applied: Live, sight: Sight) -> Outcome:
    """Judge the object as it was last seen, if that is not older than what was applied."""
    live = sight.live
    if live is None and not (family.outlives and sight.last is not None):
        return Waiting("it is not there any more" if sight.last is not None else "it is not there yet")
    seen = live or sight.last or applied
    try:
        if (number(seen, "metadata", "generation") or 0) < (number(applied, "metadata", "generation") or 0):
            return Waiting("reading the change back")
        outcome = family.progress(seen, sight.related)
    except Unreadable as error:
        return Waiting(f"the status can't be read: {error}")
    if live is None and isinstance(outcome, Waiting | Settling):
        return Waiting("it is not there any more")
    return outcome


def _judge_gone(applied: Live, sight: Sight) -> Outcome:
    """Say whether the object is gone; another one of the same name is not it."""
    live = sight.live
    try:
        if live is None or text(live, "metadata", "uid") != text(applied, "metadata", "uid"):
            return Ready()
        finalizers = at(live, "metadata", "finalizers") or ()
        words = f"held by {', '.join(str(entry) for entry in finalizers)}" if finalizers else "waiting for its end"
        left = [reason(entry) for entry in objects(live, "status", "conditions") if _remains(live, entry)]
    except Unreadable:
        return Waiting("waiting for its end")
    return Waiting(words, tuple(left))


def _remains(live: Live, entry: Live) -> bool:
    """Say whether a Namespace's condition tells what is left in it, or why it can't be emptied."""
    return text(live, "kind") == "Namespace" and text(entry, "status") == "True"


def _gone(ref: Ref, reader: Reader) -> bool:
    """Ask one last time."""
    try:
        return reader.get(ref) is None
    except Unreachable:
        return False
    except Refused as error:
        return _unserved(error)


def _unserved(error: Refused) -> bool:
    """Say whether there is no such kind any more, and so no object of it; its definition may have gone first."""
    return error.missing or error.code == HTTPStatus.NOT_FOUND


def _line(outcome: Outcome) -> str:
    if isinstance(outcome, Waiting):
        return "; ".join((outcome.words, *outcome.details[:1]))
    return outcome.words if isinstance(outcome, Settling) else ""


def _not_ready(end: "_Over | Refused", live: Live, late: str) -> NotReady:
    """Put into words how a wait has ended."""
    if isinstance(end, Refused):
        return NotReady((f"it can't be watched: {one_line(str(end))}",), live)
    outcome = end.outcome
    said = (outcome.words, *outcome.details) if isinstance(outcome, Waiting | Failed) else ()
    outage = (f"waiting for the API server: {end.outage}",) if end.outage else ()
    if end.cancelled:
        return NotReady(("the wait was cancelled", *said, *outage), live, cancelled=True)
    if isinstance(outcome, Failed):
        return NotReady(said, live)
    return NotReady((late, *said, *outage), live)
