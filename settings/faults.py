"""From what pydantic found to what a person can use: paths of the file, found values, allowed keys, examples.

The stack file's JSON Schema says which keys are allowed and what an example looks like, so a fault can never recommend
what the models would refuse.
"""

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from settings.errors import NOTHING, ContradictionError, Fault, Path, described

Schema: TypeAlias = Mapping[str, Any]
"""A JSON Schema, or a part of one."""

_NEAR, _TOO_SHORT = 0.65, 2
_KINDS = {"model_type": "a map", "model_attributes_type": "a map", "dict_type": "a map", "tuple_type": "a list"}


def faults_of(error: ValidationError, data: object, schema: Schema) -> list[Fault]:
    """Translate everything that pydantic found in ``data``; ``schema`` is the JSON Schema of the whole."""
    reader = _Reader(data, schema)
    faults = [fault for details in error.errors(include_url=False) for fault in reader.translate(details)]
    faults += [fault for fault in nulls(data) if not any(_within(fault.path, other.path) for other in faults)]
    return _without_echoes(faults, reader)


def nulls(data: object, path: Path = ()) -> Iterator[Fault]:
    """Find every key without a value: an optional part that someone forgot to fill in must not count as left out."""
    children: Iterator[tuple[str | int, object]] = iter(())
    if isinstance(data, Mapping):
        children = iter(data.items())
    elif isinstance(data, list):
        children = iter(enumerate(data))
    for key, value in children:
        if value is None:
            yield Fault((*path, key), "null", "a value; to leave it out, remove the whole line")
        else:
            yield from nulls(value, (*path, key))


class _Reader:
    """Reads one document beside its schema."""

    def __init__(self, data: object, schema: Schema) -> None:
        self.data = data
        self.schema = schema

    def translate(self, details: ErrorDetails) -> list[Fault]:
        """Turn one of pydantic's findings into the faults it stands for."""
        path = self._path(details["loc"])
        kind = details["type"]
        answers: dict[str, Callable[[Path, ErrorDetails], Fault]] = {
            "missing": self._missing,
            "extra_forbidden": self._unknown,
            "union_tag_not_found": self._no_choice,
            "union_tag_invalid": self._wrong_choice,
            "too_short": self._too_short,
            "literal_error": self._not_listed,
            "value_error": self._refused,
        }
        cause = details.get("ctx", {}).get("error")
        if isinstance(cause, ContradictionError):
            return [Fault((*path, *fault.path), fault.found, fault.expected) for fault in cause.faults]
        if kind == "too_short" and len(details["input"]) >= details["ctx"]["min_length"]:
            return []  # pydantic counts valid items only, and the invalid ones have their own faults
        if kind in answers:
            return [answers[kind](path, details)]
        expected = f"{_KINDS.get(kind, 'another value')}{self._example(path)}"
        return [Fault(path, described(path, details["input"]), expected)]

    def allowed(self, path: Path) -> tuple[str, ...]:
        """List the keys that the part at ``path`` may have, as the models order them."""
        return tuple(self._at(path).get("properties", {}))

    def _missing(self, path: Path, _details: ErrorDetails) -> Fault:
        part = self._at(path)
        noun = part.get("description") if part.get("type") in ("string", "integer") else None
        example = self._example(path)
        return Fault(path, NOTHING, f"{noun or 'the key ' + repr(path[-1])}{example}")

    def _unknown(self, path: Path, _details: ErrorDetails) -> Fault:
        allowed = self.allowed(path[:-1])
        return Fault(path, "an unknown key", f"one of {', '.join(allowed)}", hint=did_you_mean(path[-1], allowed))

    def _no_choice(self, path: Path, details: ErrorDetails) -> Fault:
        if not isinstance(details["input"], Mapping):
            return Fault(path, described(path, details["input"]), f"a map{self._example(path)}")
        tag = self._at(path)["discriminator"]["propertyName"]
        return Fault((*path, tag), NOTHING, f"{self._choices(path)}, for example {tag}: {self._tags(path)[0]}")

    def _wrong_choice(self, path: Path, details: ErrorDetails) -> Fault:
        tag = self._at(path)["discriminator"]["propertyName"]
        value = details["input"][tag]
        hint = did_you_mean(value, self._tags(path))
        return Fault((*path, tag), described((*path, tag), value), self._choices(path), hint=hint)

    def _too_short(self, path: Path, details: ErrorDetails) -> Fault:
        least = details["ctx"]["min_length"]
        entries = "one entry" if least == 1 else f"{least} entries"
        return Fault(path, described(path, details["input"]), f"at least {entries}{self._example(path)}")

    def _not_listed(self, path: Path, details: ErrorDetails) -> Fault:
        listed = [str(value) for value in self._at(path).get("enum", [])]
        hint = did_you_mean(details["input"], listed)
        return Fault(path, described(path, details["input"]), f"one of {', '.join(listed)}", hint=hint)

    def _refused(self, path: Path, details: ErrorDetails) -> Fault:
        words = str(details["ctx"]["error"]).removeprefix("expected ")
        return Fault(path, described(path, details["input"]), words)

    def _path(self, loc: tuple[str | int, ...]) -> Path:
        """Leave out what pydantic adds to a path: the tag of a union and the mark of a refused key."""
        here: object = self.data
        path: list[str | int] = []
        for position, part in enumerate(loc):
            if _has(here, part):
                here = _child(here, part)
            elif position < len(loc) - 1 or part == "[key]":
                continue
            path.append(part)
        return tuple(path)

    def _at(self, path: Path) -> Schema:
        """Find the schema of what lies at ``path``; an empty one where nothing is allowed."""
        here: object = self.data
        schema = self._chosen(self.schema, here)
        for part in path:
            here = _child(here, part)
            below = schema.get("items", {}) if isinstance(part, int) else schema.get("properties", {}).get(part)
            schema = self._chosen(below if below is not None else schema.get("additionalProperties") or {}, here)
        return schema

    def _chosen(self, schema: Schema, data: object) -> Schema:
        """Follow references, leave out ``null``, and take the variant of a union that the data chose."""
        tag = data.get(schema.get("discriminator", {}).get("propertyName")) if isinstance(data, Mapping) else None
        chosen = schema.get("discriminator", {}).get("mapping", {}).get(tag) if isinstance(tag, str) else None
        if chosen is not None:
            return self._chosen({"$ref": chosen}, data)
        if "$ref" in schema:
            outer = {key: value for key, value in schema.items() if key != "$ref"}
            return {**self._chosen(self.schema["$defs"][schema["$ref"].rpartition("/")[2]], data), **outer}
        if "anyOf" in schema:
            return self._chosen(next(one for one in schema["anyOf"] if one.get("type") != "null"), data)
        return schema

    def _example(self, path: Path) -> str:
        """Say what to write, the key included; empty where the schema knows no example."""
        examples = self._at(path).get("examples")
        if not examples:
            return ""
        key = f"{path[-1]}: " if path and isinstance(path[-1], str) else ""
        return f", for example {key}{examples[0]}"

    def _tags(self, path: Path) -> list[str]:
        return list(self._at(path)["discriminator"]["mapping"])

    def _choices(self, path: Path) -> str:
        return f"one of {', '.join(self._tags(path))}"


def _has(data: object, part: str | int) -> bool:
    if isinstance(data, list):
        return isinstance(part, int) and part < len(data)
    return isinstance(data, Mapping) and part in data


def _child(data: object, part: str | int) -> object:
    if isinstance(data, Mapping):
        return data.get(part)
    return data[part] if isinstance(data, list) and isinstance(part, int) and part < len(data) else None


def did_you_mean(word: object, known: Sequence[str]) -> str | None:
    """Name the known word that comes nearest, as a question; absent when none is near."""
    plain = {name.replace("-", "").lower(): name for name in known}
    spelled = str(word).replace("_", "").replace("-", "").lower()
    whole = [
        name for name in plain if spelled.startswith(name) or (name.startswith(spelled) and len(spelled) > _TOO_SHORT)
    ]
    near = whole or difflib.get_close_matches(spelled, plain, n=1, cutoff=_NEAR)
    return f"Did you mean '{plain[near[0]]}'?" if near else None


def _within(path: Path, other: Path) -> bool:
    return other[: len(path)] == path


def _without_echoes(faults: list[Fault], reader: _Reader) -> list[Fault]:
    """Drop the missing key that an unknown one is a misspelling of: to mend the one mends the other."""
    misspelt = {
        (*fault.path[:-1], name)
        for fault in faults
        if fault.found == "an unknown key" and fault.hint is not None
        for name in reader.allowed(fault.path[:-1])
        if fault.hint == f"Did you mean '{name}'?"
    }
    return [fault for fault in faults if not (fault.found == NOTHING and fault.path in misspelt)]
