"""A cluster in memory for tests of waiting: it lists and watches like an API server, and fails when told to."""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from toolchain.plugins.awaiting.loop import Wait
from toolchain.plugins.awaiting.reader import Event, Listing, Live, Reader, Ref, Refused, Unreachable

LIMIT = 30
"""Seconds that a wait in a test may really last."""


class Stream:
    """One open watch."""

    def __init__(self, keep: Callable[[Live], bool]) -> None:
        self.keep = keep
        self.events: queue.SimpleQueue[Event | Exception | None] = queue.SimpleQueue()

    def __iter__(self) -> Iterator[Event]:
        while (event := self.events.get()) is not None:
            if isinstance(event, Exception):
                raise event
            yield event

    def close(self) -> None:
        """End the iteration."""
        self.events.put(None)


class Cluster:
    """Objects, the watches on them, and what goes wrong."""

    def __init__(self, *objects: Live) -> None:
        self.lock = threading.RLock()
        self.objects = {Ref.of(live): live for live in objects}
        self.streams: list[Stream] = []
        self.history: list[Event] = []
        self.down = ""
        self.refused: dict[str, Refused] = {}
        self.lists = 0
        self.ended = 0
        """How often the watches were ended; one that is opened on a list from before ends at once."""

    def put(self, *changed: Live) -> None:
        """Make or change objects, and tell the watches."""
        for live in changed:
            with self.lock:
                self.objects[Ref.of(live)] = live
                self._tell(Event("MODIFIED", live))

    def remove(self, live: Live) -> None:
        """Remove an object, and tell the watches."""
        with self.lock:
            del self.objects[Ref.of(live)]
            self._tell(Event("DELETED", live))

    def forget(self, live: Live) -> None:
        """Remove without telling anybody, as happens while nobody watches."""
        with self.lock:
            del self.objects[Ref.of(live)]

    def hide(self, live: Live) -> None:
        """Change without telling anybody, as happens while nobody watches."""
        with self.lock:
            self.objects[Ref.of(live)] = live

    def end_watches(self, end: Event | Exception | None = None) -> None:
        """End every watch on what was listed so far, after an event or with a fault if one is given."""
        with self.lock:
            self.ended += 1
            for stream in self.streams:
                stream.events.put(end)
                stream.close()
            self.streams.clear()

    def expire(self) -> None:
        """Answer every watch as a server does that has forgotten the resource version."""
        self.end_watches(Event("ERROR", {"kind": "Status", "code": 410, "reason": "Expired"}))

    def outage(self, words: str) -> None:
        """Go away; an empty string comes back."""
        self.down = words
        self.end_watches(Unreachable(words))

    def get(self, ref: Ref) -> dict[str, Any] | None:
        """Return an object."""
        self._answer(ref.kind)
        with self.lock:
            found = self.objects.get(ref)
            return None if found is None else dict(found)

    def list(
        self, api_version: str, kind: str, namespace: str | None, *, labels: str = "", fields: str = ""
    ) -> Listing:
        """Return what the selectors name."""
        self._answer(kind)
        keep = _keeper(api_version, kind, namespace, labels, fields)
        with self.lock:
            self.lists += 1
            return Listing(
                tuple(live for live in self.objects.values() if keep(live)), f"{len(self.history)}.{self.ended}"
            )

    def watch(
        self,
        api_version: str,
        kind: str,
        namespace: str | None,
        *,
        labels: str = "",
        fields: str = "",
        resource_version: str,
    ) -> Stream:
        """Open a watch, which begins with what has happened since the list."""
        self._answer(kind)
        stream = Stream(_keeper(api_version, kind, namespace, labels, fields))
        with self.lock:
            seen, ended = map(int, resource_version.split("."))
            for event in self.history[seen:]:
                if stream.keep(event.object):
                    stream.events.put(event)
            self.streams.append(stream)
            if ended < self.ended:
                stream.close()
        return stream

    def _tell(self, event: Event) -> None:
        self.history.append(event)
        for stream in self.streams:
            if stream.keep(event.object):
                stream.events.put(event)

    def _answer(self, kind: str) -> None:
        if self.down:
            raise Unreachable(self.down)
        if kind in self.refused:
            raise self.refused[kind]


class Clock:
    """A clock that only a test moves. It fails where a wait goes on after the script has ended."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self._begun = time.monotonic()

    def __call__(self) -> float:
        """Tell the time, in seconds."""
        assert time.monotonic() - self._begun < LIMIT, "the wait does not end"
        return self.seconds

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.seconds += seconds


class Script:
    """Answers each progress line with the next step, so that a test needs to sleep for nothing."""

    def __init__(self, *steps: Callable[[], object]) -> None:
        self.lines: list[str] = []
        self.steps = list(steps)

    def __call__(self, line: str) -> None:
        """Take a progress line."""
        self.lines.append(line)
        if self.steps:
            self.steps.pop(0)()


def wait(
    script: Script,
    inputs: Live | None = None,
    timeout: float | None = None,
    clock: Callable[[], float] | None = None,
    cancelled: threading.Event | None = None,
) -> Wait:
    """Put a wait together, with a clock that stands still if none is given."""
    return Wait(
        inputs=inputs or {},
        timeout=timeout,
        say=script,
        cancelled=cancelled or threading.Event(),
        clock=clock or Clock(),
    )


def _keeper(api_version: str, kind: str, namespace: str | None, labels: str, fields: str) -> Callable[[Live], bool]:
    """Select as an API server does, for the selectors that waiting uses."""

    def keep(live: Live) -> bool:
        metadata = live["metadata"]
        found: dict[str, Any] = {"metadata.name": metadata["name"], "type": live.get("type")}
        wanted = dict(part.split("=") for part in fields.split(",") if part)
        labelled = dict(part.split("=") for part in labels.split(",") if part)
        return (
            (live["apiVersion"], live["kind"]) == (api_version, kind)
            and (namespace is None or metadata.get("namespace") == namespace)
            and all(found[field] == value for field, value in wanted.items())
            and all(metadata.get("labels", {}).get(key) == value for key, value in labelled.items())
        )

    return keep


READER: type[Reader] = Cluster
"""Checked by mypy: the cluster in memory is what waiting expects of a reader."""
