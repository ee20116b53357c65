"""What the installed SDK's classes say a resource looks like.

The SDK registers one class for each type token, and declares the inputs of that class in another one (``ClusterArgs``,
``DeploymentInitArgs``). Both are imported when a token is first asked for, and read once.
"""

import enum
import importlib
import inspect
import sys
import threading
import types
import typing
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Literal, TypeAlias, Union

import pulumi
from pulumi.runtime import rpc

from toolchain.plugins.paths import Path

_IMPORTING = threading.RLock()
"""The SDK imports its modules when something in them is first looked at, which two threads must not do at once."""
SCALARS: Mapping[Any, str] = {str: "a string", bool: "true or false", int: "a whole number", float: "a number"}


@dataclass(frozen=True)
class Anything:
    """Whatever is given fits."""


@dataclass(frozen=True)
class Scalar:
    """A single value of ``kind``, which is one of the words in ``SCALARS``."""

    kind: str


@dataclass(frozen=True)
class ListOf:
    """A list of ``items``."""

    items: "Shape"


@dataclass(frozen=True)
class MapOf:
    """An object with any keys, whose values are ``items``."""

    items: "Shape"


@dataclass(frozen=True)
class OneOf:
    """A value that fits one of ``options``."""

    options: tuple["Shape", ...]


@dataclass(frozen=True)
class Object:
    """An object whose properties an SDK class declares."""

    declared: type

    @cached_property
    def properties(self) -> Mapping[str, "Shape"]:
        """Shape of each property, by the name that the engine uses."""
        return {name: shape(hint) for name, hint in hints(self.declared).items()}

    @cached_property
    def required(self) -> frozenset[str]:
        """Properties that have to be there: the parameters that the class's constructor has no default for."""
        parameters = inspect.signature(self.declared).parameters
        names = {attribute: name for attribute, name, _ in _getters(self.declared)}
        return frozenset(
            names[name] for name, one in parameters.items() if name in names and one.default is inspect.Parameter.empty
        )


Shape: TypeAlias = Union[Anything, Scalar, ListOf, MapOf, OneOf, Object]  # noqa: UP007 - `|` can't join names in quotes


@dataclass(frozen=True, kw_only=True)
class ResourceShape:
    """What goes into a resource of one type, and what comes out."""

    inputs: Object
    outputs: Mapping[str, bool]
    """Every output, and whether it always has a value: then the provider computes it if the program doesn't give it."""


@cache
def resource(token: str) -> ResourceShape | None:
    """Return the shape of the resources of type ``token``; ``None`` if the installed SDK has no such type."""
    with _IMPORTING:
        return _resource(token)


def _resource(token: str) -> ResourceShape | None:
    package, module, _ = token.split(":")
    sdk = f"pulumi_{package}"
    importlib.import_module(sdk)
    registered = rpc.get_resource_module(package, module, "")
    known: Mapping[str, Any] = getattr(registered, "mod_info", {})
    name = known.get("classes", {}).get(token)
    if name is None:
        return None
    declared: type = getattr(importlib.import_module(known["fqn"]), name)
    home = sys.modules[declared.__module__]
    inputs = next(getattr(home, public) for public in home.__all__ if public.endswith("Args"))
    return ResourceShape(inputs=Object(inputs), outputs={k: _always(hint) for k, hint in hints(declared).items()})


def kinds(package: str, module: str) -> tuple[str, ...]:
    """Names of the resources that the SDK of ``package`` has in ``module``; empty if it has no such module."""
    with _IMPORTING:
        importlib.import_module(f"pulumi_{package}")
    registered = rpc.get_resource_module(package, module, "")
    known: Mapping[str, Any] = getattr(registered, "mod_info", {})
    return tuple(sorted(token.split(":")[2] for token in known.get("classes", {})))


def hints(declared: type) -> dict[str, Any]:
    """Return the type hint of each property that an SDK class declares, by the name that the engine uses."""
    names = dict(vars(sys.modules[declared.__module__]))
    # The SDK's own aliases are written for a type variable; what it stands for is repeated in the hint itself.
    local = {"Output": pulumi.Output, "T": type(None)}
    with _IMPORTING:
        return {
            name: typing.get_type_hints(getter, globalns=names, localns=local).get("return", Any)
            for _, name, getter in _getters(declared)
        }


@cache
def shape(hint: Any) -> Shape:  # noqa: ANN401 - a type hint can be any object
    """Turn a type hint into a shape. What it can't read fits anything, so that no sound input is refused."""
    options = _options(hint)
    if len(options) != 1:
        found = tuple(dict.fromkeys(shape(option) for option in options))
        return Anything() if not found or Anything() in found else OneOf(found)
    only = options[0]
    origin, arguments = typing.get_origin(only), typing.get_args(only)
    if origin in (Sequence, list):
        return ListOf(shape(arguments[0]))
    if origin in (Mapping, dict):
        return MapOf(shape(arguments[1]))
    if origin is Literal:
        return Scalar(SCALARS.get(type(arguments[0]), "a string"))
    if only in SCALARS:
        return Scalar(SCALARS[only])
    return _class(only)


def at(start: Shape, path: Path) -> Shape:
    """Follow ``path`` through ``start``; anything fits where the shape has nothing to say."""
    for step in path:
        if isinstance(start, Object):
            start = start.properties.get(str(step), Anything())
        elif isinstance(start, (ListOf, MapOf)):
            start = start.items
        else:
            return Anything()
    return start


def _class(declared: Any) -> Shape:  # noqa: ANN401 - a type hint can be any object
    if isinstance(declared, type) and issubclass(declared, enum.Enum):
        return Scalar(SCALARS[str if issubclass(declared, str) else float])
    if isinstance(declared, type) and any(_getters(declared)):
        return Object(declared)
    return Anything()


def _options(hint: Any) -> list[Any]:  # noqa: ANN401 - a type hint can be any object
    """List what a hint allows, without the wrappers that say it may come later or not at all."""
    if typing.get_origin(hint) not in (Union, types.UnionType):
        return [hint]
    found = [option for part in typing.get_args(hint) for option in _options(part)]
    return [option for option in found if option is not type(None) and not _later(option)]


def _later(hint: Any) -> bool:  # noqa: ANN401 - a type hint can be any object
    return typing.get_origin(hint) in (Awaitable, pulumi.Output)


def _always(hint: Any) -> bool:  # noqa: ANN401 - a type hint can be any object
    """Say whether an output's hint is ``Output[T]`` with a ``T`` that can't be ``None``."""
    inner = typing.get_args(hint)[0] if typing.get_origin(hint) is pulumi.Output else hint
    return type(None) not in typing.get_args(inner)


@cache
def _getters(declared: type) -> tuple[tuple[str, str, Any], ...]:
    """List attribute, engine's name and getter of each property; the SDK's decorator leaves the name on the getter."""
    found = [
        (attribute, getattr(member.fget, "_pulumi_name", None), member.fget)
        for base in reversed(declared.__mro__)
        for attribute, member in vars(base).items()
        if isinstance(member, property)
    ]
    return tuple((attribute, name, getter) for attribute, name, getter in found if name is not None)
