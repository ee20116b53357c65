"""What a look at an object can tell, and what is looked at beside it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from toolchain.plugins.awaiting.reader import Live

Related: TypeAlias = Mapping[str, Sequence[Live]]
"""The other objects that matter, by kind; a kind of which there are none may be missing."""


@dataclass(frozen=True)
class Ready:
    """What was awaited has come."""


@dataclass(frozen=True)
class Waiting:
    """Not yet."""

    words: str
    """One short sentence, without a full stop: what is awaited."""
    details: tuple[str, ...] = ()
    """What may be in the way, each with the cluster's own words."""


@dataclass(frozen=True)
class Settling:
    """Ready as soon as nothing of ``kind`` has changed for ``seconds``."""

    words: str
    kind: str
    seconds: float


@dataclass(frozen=True)
class Failed:
    """It will never be ready."""

    words: str
    details: tuple[str, ...] = ()


Outcome: TypeAlias = Ready | Waiting | Settling | Failed
Progress: TypeAlias = Callable[[Live, Related], Outcome]


@dataclass(frozen=True)
class Collection:
    """What to list and watch."""

    api_version: str
    kind: str
    namespace: str | None
    labels: str = ""
    fields: str = ""
    needed: bool = True
    """Whether there is no judgement without it; otherwise it only adds to what is known."""


@dataclass(frozen=True, kw_only=True)
class Family:
    """How the objects of one kind become ready."""

    progress: Progress
    related: Callable[[Live], tuple[Collection, ...]] = lambda _: ()
    timeout: float = 600
    """Seconds, where neither the program nor an annotation says how long."""
    on_refresh: bool = False
    """Whether a refresh looks too, so that an object which is no longer ready is told of."""
    outlives: bool = False
    """Whether an object that is deleted while it is awaited is judged by its last state."""
