"""The one boundary: whatever the engine or a file hands over becomes plain data with explicit unknowns.

A property bag reaches a policy pack as a protobuf struct, as the SDK's checking proxies, or as the dictionaries of a
YAML reader. None of them is safe to judge: proxies are no dictionaries and raise on unknown leaves, every number is a
float, an unknown may hide inside a longer string, and a secret may or may not be wrapped. Rules see none of this.
They see ``dict``, ``list``, ``str``, ``int``, ``float``, ``bool``, ``None`` and :class:`Unknown`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

DEEPEST = 100
"""Levels of nesting that are read. No Kubernetes object comes near; a cycle always does."""

MASK = "[secret]"
"""What `policy analyze` writes where it could not decrypt a secret."""


class Unknown(Enum):
    """A value that is there but can't be judged. Its text completes "<path> ..."."""

    LATER = "is known only after deployment"
    SECRET = "is a secret, and hidden text cannot be judged"  # noqa: S105 - a sentence, not a password
    UNREADABLE = "is not of the type it should be"

    @property
    def cure(self) -> str:
        """What its author can do about it, as a sentence."""
        return _CURES[self]


_CURES = {
    Unknown.LATER: "Put the value in the stack file.",
    Unknown.SECRET: "Give the value as plain text.",
    Unknown.UNREADABLE: "Correct its type.",
}

UNKNOWN = Unknown.LATER

Scalar: TypeAlias = str | int | float | bool | None
Plain: TypeAlias = "Scalar | Unknown | list[Plain] | dict[str, Plain]"


@dataclass(frozen=True, kw_only=True)
class WireMarkers:
    """How the sender marks what is no ordinary value. The defaults mark nothing, as a YAML file does."""

    sentinels: tuple[str, ...] = ()
    """Strings that stand for a value not known yet, alone or inside a longer string."""
    unknown_error: type[Exception] | None = None
    """What a proxy raises when an unknown leaf is read."""
    signature_key: str = ""
    """The key that turns a mapping into something special: a secret, an asset, an archive."""
    secret_signature: str = ""
    """The signature of a wrapped secret, whose text is under `value`."""
    secret_types: tuple[type, ...] = ()
    """Classes whose instances wrap a secret in `value`."""


UNMARKED = WireMarkers()


def has_unknown(value: Plain) -> bool:
    """Something in it, or it itself, can't be judged."""
    if isinstance(value, dict | list):
        return any(map(has_unknown, value.values() if isinstance(value, dict) else value))
    return isinstance(value, Unknown)


def plain(value: object, signs: WireMarkers = UNMARKED) -> Plain:
    """Turn any value into plain data; never raise because of its shape, size or depth.

    Whole floats become ``int``. Inside a secret the shape stays and its text becomes ``Unknown.SECRET``. Cycles,
    nesting beyond ``DEEPEST``, unknown signatures and foreign classes become ``Unknown.UNREADABLE``.
    """
    return _Reader(signs).read(value, 0, hidden=False)


@dataclass
class _Reader:
    """One reading of one value. A container met twice is read once, so shared anchors cost nothing."""

    signs: WireMarkers
    seen: dict[tuple[int, bool], tuple[object, Plain]] = field(default_factory=dict)

    def read(self, value: object, depth: int, *, hidden: bool) -> Plain:
        if isinstance(value, str):
            return self._text(value, hidden=hidden)
        if value is None or isinstance(value, bool | int | Unknown):
            return value
        if isinstance(value, float):
            return int(value) if value.is_integer() else value
        if isinstance(value, self.signs.secret_types):
            return self.read(getattr(value, "value", Unknown.SECRET), depth + 1, hidden=True)
        if isinstance(value, Mapping | Sequence) and not isinstance(value, bytes | bytearray | memoryview):
            return self._container(value, depth, hidden=hidden)
        return Unknown.UNREADABLE

    def _text(self, value: str, *, hidden: bool) -> Plain:
        if any(sentinel in value for sentinel in self.signs.sentinels):
            return Unknown.LATER
        return Unknown.SECRET if hidden or value == MASK else str(value)

    def _container(self, value: Mapping[object, object] | Sequence[object], depth: int, *, hidden: bool) -> Plain:
        key = (id(value), hidden)
        if key in self.seen:
            return self.seen[key][1]
        if depth >= DEEPEST:
            return Unknown.UNREADABLE
        # The value is kept beside its reading: an id is only its owner's while the owner lives.
        self.seen[key] = (value, Unknown.UNREADABLE)
        if isinstance(value, Mapping):
            result = self._mapping(value, depth, hidden=hidden)
        else:
            result = [self._leaf(_element(value, i), depth, hidden=hidden) for i in range(len(value))]
        self.seen[key] = (value, result)
        return result

    def _mapping(self, value: Mapping[object, object], depth: int, *, hidden: bool) -> Plain:
        names = list(value)
        if self.signs.signature_key and self.signs.signature_key in names:
            signature = self._leaf(_element(value, self.signs.signature_key), depth, hidden=False)
            if signature != self.signs.secret_signature:
                return Unknown.UNREADABLE
            return self._leaf(_element(value, "value"), depth, hidden=True) if "value" in names else Unknown.SECRET
        return {str(name): self._leaf(_element(value, name), depth, hidden=hidden) for name in names}

    def _leaf(self, fetch: Callable[[], object], depth: int, *, hidden: bool) -> Plain:
        """Read one member, so that one unknown costs that member and no other."""
        if self.signs.unknown_error is None:
            return self.read(fetch(), depth + 1, hidden=hidden)
        try:
            return self.read(fetch(), depth + 1, hidden=hidden)
        except self.signs.unknown_error:
            return Unknown.LATER


def _element(container: Mapping[object, object] | Sequence[object], key: object) -> Callable[[], object]:
    def fetch() -> object:
        return container[key]  # type: ignore[call-overload]  # a mapping's name or a sequence's position

    return fetch
