"""What is known of an object and of those around it, kept up to date by feeds."""

import queue
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self, TypeAlias

from toolchain.plugins.awaiting.feed import Broken, Changed, Feed, Listed, Message, Silent
from toolchain.plugins.awaiting.outcome import Collection, Related
from toolchain.plugins.awaiting.reader import Live, Reader, Ref, Refused

Key: TypeAlias = tuple[str, str]
"""Namespace and name."""


class Sight:
    """Collections of objects as they were last heard of. Entered, it watches; left, it stops."""

    def __init__(self, reader: Reader, ref: Ref, beside: Sequence[Collection], clock: Callable[[], float]) -> None:
        self._clock = clock
        self.itself = Collection(ref.api_version, ref.kind, ref.namespace, fields=f"metadata.name={ref.name}")
        self._ref = ref
        self._beside = tuple(beside)
        self._known: dict[Collection, dict[Key, Live]] = {}
        self._stale: dict[Collection, str] = {}
        self._changed: dict[str, float] = {}
        self._started = clock()
        self._inbox: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._feeds = [Feed(reader, seen, self._inbox.put) for seen in (self.itself, *self._beside)]
        self.last: Live | None = None
        """The newest state of the object itself, also after it is gone."""

    def __enter__(self) -> Self:
        for feed in self._feeds:
            feed.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for feed in self._feeds:
            feed.stop()

    def take(self, seconds: float) -> None:
        """Take in all news, waiting at most ``seconds`` for the first.

        Raises ``Refused`` where the API server refuses what is needed, and whatever fault a reader has.
        """
        try:
            self._take(self._inbox.get(timeout=seconds))
            while True:
                self._take(self._inbox.get_nowait())
        except queue.Empty:
            return

    @property
    def complete(self) -> bool:
        """Whether everything that is needed is known and up to date."""
        needed = [seen for seen in (self.itself, *self._beside) if seen.needed]
        return all(seen in self._known and seen not in self._stale for seen in needed)

    @property
    def outage(self) -> str:
        """Why the API server does not answer, as long as it does not; else nothing."""
        return next((words for words in self._stale.values() if words), "")

    @property
    def live(self) -> Live | None:
        """The object itself, or None where it is gone or was not there yet."""
        return next(iter(self._known.get(self.itself, {}).values()), None)

    @property
    def related(self) -> Related:
        """What is beside the object, by kind."""
        return {seen.kind: tuple(self._known[seen].values()) for seen in self._beside if seen in self._known}

    def quiet(self, kind: str) -> float:
        """Return for how many seconds nothing of ``kind`` has changed."""
        return self._clock() - self._changed.get(kind, self._started)

    def _take(self, message: Message) -> None:
        if isinstance(message, Silent):
            self._stale[message.collection] = message.outage
            return
        if isinstance(message, Broken):
            if message.collection.needed or not isinstance(message.error, Refused):
                raise message.error
            return
        self._stale.pop(message.collection, None)
        before = self._known.get(message.collection)
        known = self._merged(message, before or {})
        self._known[message.collection] = known
        if known != (before or {}):
            self._changed[message.collection.kind] = self._clock()
        if message.collection == self.itself:
            self._keep(message)

    def _merged(self, message: Listed | Changed, before: dict[Key, Live]) -> dict[Key, Live]:
        if isinstance(message, Listed):
            return {key: live for live in message.items if self._mine(message.collection, key := _key(live))}
        key = _key(message.live)
        if not self._mine(message.collection, key):
            return before
        kept = {other: live for other, live in before.items() if other != key}
        return kept if message.gone else {**kept, key: message.live}

    def _mine(self, collection: Collection, key: Key) -> bool:
        """Say whether an object belongs to its collection; a reader may have listed more than was asked for."""
        return collection != self.itself or key == (self._ref.namespace or "", self._ref.name)

    def _keep(self, message: Listed | Changed) -> None:
        if isinstance(message, Changed) and self._mine(message.collection, _key(message.live)):
            self.last = message.live
        elif self.live is not None:
            self.last = self.live


def _key(live: Live) -> Key:
    metadata = live.get("metadata")
    named = metadata if isinstance(metadata, dict) else {}
    return str(named.get("namespace") or ""), str(named.get("name") or "")
