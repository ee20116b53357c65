"""A collection of objects, listed and then watched for as long as somebody wants to know."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeAlias

from toolchain.plugins.awaiting.outcome import Collection
from toolchain.plugins.awaiting.reader import Event, Listing, Live, Reader, Refused, Unreachable, Watch

PAUSE = 0.1
"""Seconds before the first new attempt; each further one in a row waits twice as long."""
LONGEST_PAUSE = 5.0


@dataclass(frozen=True)
class Listed:
    """All there is now; what was known before is forgotten."""

    collection: Collection
    items: tuple[Live, ...]


@dataclass(frozen=True)
class Changed:
    """One object is new, different or gone."""

    collection: Collection
    live: Live
    gone: bool


@dataclass(frozen=True)
class Silent:
    """What was listed may be out of date from now on: the watch has ended, and the feed lists again."""

    collection: Collection
    outage: str = ""
    """Why, where the API server does not answer."""


@dataclass(frozen=True)
class Broken:
    """The feed has ended: the API server refuses, or the reader has a fault."""

    collection: Collection
    error: Exception


Message: TypeAlias = Listed | Changed | Silent | Broken


class Feed:
    """Lists and watches one collection in a thread of its own.

    When a watch ends, for whatever reason, the feed lists again: what happened in between is then in the list, and an
    object that is missing from it is gone. So a resource version that is too old (410) needs no special care.
    """

    def __init__(self, reader: Reader, collection: Collection, post: Callable[[Message], None]) -> None:
        self._reader = reader
        self._collection = collection
        self._post = post
        self._stopped = threading.Event()
        self._watch: Watch | None = None
        self._granted = False
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name=f"watch {collection.kind}", daemon=True)

    def start(self) -> None:
        """Begin; the first message comes when the first list has."""
        self._thread.start()

    def stop(self) -> None:
        """End the watch. A request that is under way is left to itself; nobody waits for it."""
        self._stopped.set()
        with self._lock:
            if self._watch is not None:
                self._watch.close()

    def _run(self) -> None:
        in_a_row = 0
        while not self._stopped.is_set():
            in_a_row += 1
            try:
                if self._follow(self._list()):
                    in_a_row = 0
            except Unreachable as error:
                self._post(Silent(self._collection, str(error)))
            except Refused as error:
                if not self._passes(error):
                    self._post(Broken(self._collection, error))
                    return
                self._post(Silent(self._collection, str(error)))
            except Exception as error:  # noqa: BLE001 - handed to the thread that waits, which raises it
                self._post(Broken(self._collection, error))
                return
            self._stopped.wait(min(PAUSE * 2 ** min(in_a_row, 10), LONGEST_PAUSE))

    def _passes(self, error: Refused) -> bool:
        """Say whether a refusal may pass: the version was too old, or what was granted is refused now.

        An API server that has just come back knows who is there before it knows what they may do.
        """
        if error.missing or error.code == HTTPStatus.NOT_FOUND:
            return False
        return error.code == HTTPStatus.GONE or self._granted

    def _list(self) -> Listing:
        seen, wanted = self._collection, self._reader
        listing = wanted.list(seen.api_version, seen.kind, seen.namespace, labels=seen.labels, fields=seen.fields)
        self._granted = True
        self._post(Listed(seen, listing.items))
        return listing

    def _follow(self, listing: Listing) -> bool:
        """Watch until the watch ends; say whether it told anything."""
        seen = self._collection
        watch = self._reader.watch(
            seen.api_version,
            seen.kind,
            seen.namespace,
            labels=seen.labels,
            fields=seen.fields,
            resource_version=listing.resource_version,
        )
        with self._lock:
            self._watch = watch
            if self._stopped.is_set():
                watch.close()
        told = False
        try:
            for event in watch:
                if self._stopped.is_set() or event.type == "ERROR":
                    break
                told = self._tell(event) or told
        finally:
            watch.close()
        self._post(Silent(seen))
        return told

    def _tell(self, event: Event) -> bool:
        if event.type == "BOOKMARK":
            return False
        self._post(Changed(self._collection, event.object, gone=event.type == "DELETED"))
        return True
