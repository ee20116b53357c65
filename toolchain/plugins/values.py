"""The engine's property values as plain Python data, with secrets and unknowns marked.

On the wire a secret, an asset or a resource reference is an object with a signature, and an unknown is a string that
nobody would write. Here a value is ``None``, ``bool``, ``float``, ``str``, ``list``, ``dict``, ``Secret``, ``Unknown``
or ``Opaque``. What comes in goes out as it came.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias, Union

from google.protobuf import struct_pb2
from pulumi.runtime import rpc

SIGNATURE = "4dabf18193072939515e22adb298388d"
"""Key that makes an object on the wire something else than an object."""
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the protocol's marker of secrets, not a secret
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
UNKNOWNS = frozenset(
    {
        rpc.UNKNOWN,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # a boolean
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # a number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # a list
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # an object
        "030794c1-ac77-496b-92df-f27374a8bd58",  # an asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # an archive
    }
)
"""The strings that stand for a value which is not known yet, by the type that it will have."""


@dataclass(frozen=True)
class Unknown:
    """A value that only a deployment will tell."""


UNKNOWN = Unknown()


@dataclass(frozen=True)
class Secret:
    """A value that must never be shown; ``repr`` does not."""

    value: "Value"

    def __repr__(self) -> str:
        return "Secret(...)"


@dataclass(frozen=True)
class Opaque:
    """An asset, an archive or a reference to a resource: passed on, never looked into."""

    wire: struct_pb2.Value


Value: TypeAlias = Union[bool, float, str, Unknown, Secret, Opaque, list["Value"], dict[str, "Value"], None]  # noqa: UP007 - `|` can't join names in quotes
Properties: TypeAlias = dict[str, Value]


def read(struct: struct_pb2.Struct) -> Properties:
    """Turn the engine's properties into plain data."""
    return {key: _read(item) for key, item in struct.fields.items()}


def write(properties: Mapping[str, Value]) -> struct_pb2.Struct:
    """Turn plain data into properties for the engine."""
    return struct_pb2.Struct(fields={key: _write(item) for key, item in properties.items()})


def plain(value: Value) -> Value:
    """Return ``value`` without the mark of secrecy; what was inside is to be compared, never to be shown."""
    if isinstance(value, Secret):
        return plain(value.value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def has_unknown(value: Value) -> bool:
    """Say whether something in ``value`` is not known yet."""
    if isinstance(value, Secret):
        return has_unknown(value.value)
    if isinstance(value, dict):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    return isinstance(value, Unknown)


def secrets(struct: struct_pb2.Struct) -> Iterator[str]:
    """Yield every text inside a secret of ``struct``, so that it can be struck out of a message."""
    for item in struct.fields.values():
        yield from _secrets(item, hidden=False)


def _read(value: struct_pb2.Value) -> Value:
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return _read_object(value)
    if kind == "list_value":
        return [_read(item) for item in value.list_value.values]
    if kind == "string_value":
        return UNKNOWN if value.string_value in UNKNOWNS else value.string_value
    if kind == "number_value":
        return value.number_value
    return value.bool_value if kind == "bool_value" else None


def _read_object(value: struct_pb2.Value) -> Value:
    fields = value.struct_value.fields
    if SIGNATURE not in fields:
        return read(value.struct_value)
    signature = fields[SIGNATURE].string_value
    if signature == SECRET:
        return Secret(_read(fields["value"]))
    if signature == OUTPUT:
        inner = _read(fields["value"]) if "value" in fields else UNKNOWN
        return Secret(inner) if "secret" in fields and fields["secret"].bool_value else inner
    return Opaque(value)


def _write(value: Value) -> struct_pb2.Value:
    if isinstance(value, Secret):
        marked = {SIGNATURE: struct_pb2.Value(string_value=SECRET), "value": _write(value.value)}
        return struct_pb2.Value(struct_value=struct_pb2.Struct(fields=marked))
    if isinstance(value, dict):
        return struct_pb2.Value(struct_value=write(value))
    if isinstance(value, list):
        return struct_pb2.Value(list_value=struct_pb2.ListValue(values=[_write(item) for item in value]))
    if isinstance(value, Opaque):
        return value.wire
    return _write_scalar(value)


def _write_scalar(value: bool | float | str | Unknown | None) -> struct_pb2.Value:  # noqa: FBT001 - a value, not a switch
    if value is None:
        return struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)
    if isinstance(value, Unknown):
        return struct_pb2.Value(string_value=rpc.UNKNOWN)
    if isinstance(value, bool):
        return struct_pb2.Value(bool_value=value)
    return struct_pb2.Value(string_value=value) if isinstance(value, str) else struct_pb2.Value(number_value=value)


def _secrets(value: struct_pb2.Value, *, hidden: bool) -> Iterator[str]:
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        fields = value.struct_value.fields
        hidden = hidden or (SIGNATURE in fields and fields[SIGNATURE].string_value == SECRET)
        for key, item in fields.items():
            if key != SIGNATURE:
                yield from _secrets(item, hidden=hidden)
    elif kind == "list_value":
        for item in value.list_value.values:
            yield from _secrets(item, hidden=hidden)
    elif kind == "string_value" and hidden and value.string_value not in UNKNOWNS:
        yield value.string_value
    elif kind == "number_value" and hidden:
        yield f"{value.number_value:g}"
