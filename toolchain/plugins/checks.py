"""Inputs against the shapes of the installed SDK: every fault at once, and never a value that may be secret."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from toolchain.plugins.paths import Path
from toolchain.plugins.shapes import SCALARS, ListOf, MapOf, Object, OneOf, Scalar, Shape
from toolchain.plugins.values import Opaque, Properties, Secret, Unknown, Value

TRUTHS = frozenset({"true", "false", "0", "1"})
HIDDEN = "the secret value does not fit: {gist} (what it is, and where inside it, is not shown)"


@dataclass(frozen=True)
class Fault:
    """What is wrong with one property."""

    path: Path
    reason: str
    gist: str = "wrong type"
    """The reason without the names of properties, which are hidden where they belong to a secret object."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """How strictly inputs are read.

    ``lenient`` is for providers that turn one scalar into another (``"8"`` into 8), as those built on Terraform do.
    """

    lenient: bool = False

    def faults(self, value: Value, shape: Shape, start: Path = ()) -> list[Fault]:
        """List everything in ``value``, which stands at ``start``, that ``shape`` does not allow.

        An unknown value fits anywhere.
        """
        return list(self._value(start, value, shape))

    def _value(self, path: Path, value: Value, shape: Shape) -> Iterator[Fault]:
        if isinstance(value, Secret):
            found = self._value((), value.value, shape)
            reasons = dict.fromkeys(HIDDEN.format(gist=fault.gist) for fault in found)
            yield from (Fault(path, reason) for reason in reasons)
        elif isinstance(value, (Unknown, Opaque)):
            return
        elif isinstance(shape, OneOf):
            yield from self._one_of(path, value, shape)
        elif isinstance(shape, Object):
            if isinstance(value, dict):
                yield from self._object(path, value, shape)
            else:
                yield Fault(path, f"expected an object, found {name(value)}")
        elif isinstance(shape, (ListOf, MapOf)):
            yield from self._container(path, value, shape)
        elif isinstance(shape, Scalar) and not self._fits(value, shape.kind):
            yield Fault(path, f"expected {shape.kind}, found {name(value)}")

    def _object(self, path: Path, value: Properties, shape: Object) -> Iterator[Fault]:
        known = shape.properties
        for key, item in value.items():
            if key in known:
                if item is not None:
                    yield from self._value((*path, key), item, known[key])
            elif not key.startswith("__"):
                reason = f"unknown property {key!r}{suggestion(key, tuple(known))}"
                yield Fault((*path, key), reason, "unknown property")
        for key in sorted(shape.required):
            if value.get(key) is None:
                yield Fault((*path, key), f"required property {key!r} is missing", "missing property")

    def _container(self, path: Path, value: Value, shape: ListOf | MapOf) -> Iterator[Fault]:
        if isinstance(shape, ListOf) and isinstance(value, list):
            for index, item in enumerate(value):
                yield from self._value((*path, index), item, shape.items)
        elif isinstance(shape, MapOf) and isinstance(value, dict):
            for key, item in value.items():
                if item is not None and not key.startswith("__"):
                    yield from self._value((*path, key), item, shape.items)
        else:
            wanted = "a list" if isinstance(shape, ListOf) else "an object"
            yield Fault(path, f"expected {wanted}, found {name(value)}")

    def _one_of(self, path: Path, value: Value, shape: OneOf) -> Iterator[Fault]:
        """Report nothing if one option fits; else what is wrong with the option that comes nearest."""
        tried = [list(self._value(path, value, option)) for option in shape.options]
        if all(tried):
            deep = [found for found in tried if any(len(fault.path) > len(path) for fault in found)]
            if deep:
                yield from min(deep, key=len)
            else:
                wanted = " or ".join(dict.fromkeys(_wanted(option) for option in shape.options))
                yield Fault(path, f"expected {wanted}, found {name(value)}")

    def _fits(self, value: Value, kind: str) -> bool:
        if isinstance(value, bool):
            return kind == SCALARS[bool] or (self.lenient and kind == SCALARS[str])
        if isinstance(value, float):
            whole = kind == SCALARS[int] and value.is_integer()
            return whole or kind == SCALARS[float] or (self.lenient and kind == SCALARS[str])
        if isinstance(value, str):
            return kind == SCALARS[str] or (self.lenient and _readable(value, kind))
        return False


def name(value: Value) -> str:
    """Say of what type a value is, without showing it."""
    words = {bool: SCALARS[bool], float: "a number", str: "a string", list: "a list", dict: "an object"}
    return words.get(type(value), "nothing")


def suggestion(key: str, known: tuple[str, ...]) -> str:
    """Name the property that was probably meant, or all there are if they are few, or nothing."""
    lower = {option.lower(): option for option in known}
    near = difflib.get_close_matches(key.lower(), lower, n=1, cutoff=0.6)
    if near:
        return f"; did you mean {lower[near[0]]!r}?"
    few = 8
    return f"; known are {', '.join(map(repr, sorted(known)))}" if 0 < len(known) <= few else ""


def _readable(text: str, kind: str) -> bool:
    """Say whether a text can be turned into a scalar of another kind."""
    if kind == SCALARS[bool]:
        return text.lower() in TRUTHS
    try:
        number = float(text)
    except ValueError:
        return False
    return kind == SCALARS[float] or number.is_integer()


def _wanted(shape: Shape) -> str:
    if isinstance(shape, Scalar):
        return shape.kind
    return "a list" if isinstance(shape, ListOf) else "an object"
