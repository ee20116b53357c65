"""What waiting needs to see of a cluster."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

Live: TypeAlias = Mapping[str, Any]
"""An object as the API server returns it: the JSON of one Kubernetes object."""


@dataclass(frozen=True)
class Ref:
    """Which object: enough to ask an API server for it."""

    api_version: str
    """As in the object, for example ``v1`` or ``apps/v1``."""
    kind: str
    namespace: str | None
    """None for a kind that lives in no namespace."""
    name: str

    @classmethod
    def of(cls, live: Live) -> "Ref":
        """Name the object ``live``. Raises ``KeyError`` if it lacks its API version, kind or name."""
        metadata = live["metadata"]
        return cls(live["apiVersion"], live["kind"], metadata.get("namespace"), metadata["name"])


@dataclass(frozen=True)
class Event:
    """One message of a watch."""

    type: str
    """``ADDED``, ``MODIFIED``, ``DELETED``, ``BOOKMARK`` or ``ERROR``, as the API server writes it."""
    object: Live
    """The object; after ``ERROR`` a ``Status``, whose ``code`` 410 means that the resource version is too old."""


@dataclass(frozen=True)
class Listing:
    """The objects of one list, and where a watch has to begin to miss nothing after it."""

    items: tuple[Live, ...]
    resource_version: str


class Unreachable(Exception):  # noqa: N818 - an outage, which waiting survives
    """The API server did not answer, or answered that it can't right now (429, 5xx): worth asking again."""


class Refused(Exception):  # noqa: N818 - the answer of a working API server
    """The API server said no (401, 403, 400, 422), or serves no such kind (``missing``)."""

    code: int = 0
    """The HTTP status, where there was one."""

    def __init__(self, words: str, *, missing: bool = False) -> None:
        super().__init__(words)
        self.missing = missing
        """Whether the kind itself is not served."""


class Watch(Protocol):
    """An open watch: iterating blocks until the next event and ends when the server ends it.

    An outage in the middle ends it too, or raises ``Unreachable``; both lead to a new list.
    """

    def __iter__(self) -> Iterator[Event]:
        """Give the events as they come."""
        ...

    def close(self) -> None:
        """End the iteration at once, from any thread and more than once."""
        ...


class Reader(Protocol):
    """A cluster as far as waiting reads it. Safe to use from several threads.

    Every method raises ``Unreachable`` or ``Refused``, and nothing else for what a server or a network does. Whether
    the kind exists is part of ``Refused``. Selectors are in the API's own syntax (``app=x,tier in (a)``,
    ``metadata.name=x``); an empty one selects everything. A namespace of None means: the kind has none, or all of them.
    """

    def get(self, ref: Ref) -> dict[str, Any] | None:
        """Return the object, or None where there is none of that name."""
        ...

    def list(
        self, api_version: str, kind: str, namespace: str | None, *, labels: str = "", fields: str = ""
    ) -> Listing:
        """Return the objects that the selectors name, with ``apiVersion`` and ``kind`` in each of them."""
        ...

    def watch(
        self,
        api_version: str,
        kind: str,
        namespace: str | None,
        *,
        labels: str = "",
        fields: str = "",
        resource_version: str,
    ) -> Watch:
        """Watch what the selectors name, from after ``resource_version`` on."""
        ...
