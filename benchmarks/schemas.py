"""JSON Schemas for kubeconform, from the OpenAPI document that Kubernetes publishes."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Schema = dict[str, Any]

_REFERENCE = "#/definitions/"
_LOOSE: Mapping[str, list[str]] = {
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": ["string", "integer"],
    "io.k8s.apimachinery.pkg.api.resource.Quantity": ["string", "number"],
}
"""Definitions that the document calls strings and that are more."""


def write(openapi: Schema, folder: Path) -> None:
    """Write one schema for each kind, as ``deployment-apps-v1.json``, with the definitions that it needs."""
    folder.mkdir(parents=True)
    definitions = {name: _loosened(name, schema) for name, schema in openapi["definitions"].items()}
    for name, schema in definitions.items():
        for kind in schema.get("x-kubernetes-group-version-kind", ()):
            needed = {each: definitions[each] for each in sorted(_closure(name, definitions))}
            whole = {"$ref": f"{_REFERENCE}{name}", "definitions": needed}
            (folder / f"{file_name(kind)}.json").write_text(json.dumps(whole), encoding="utf-8")


def file_name(kind: Mapping[str, str]) -> str:
    """What kubeconform calls a kind: in small letters, with the first part of its group."""
    group = kind["group"].partition(".")[0]
    return "-".join(filter(None, (kind["kind"], group, kind["version"]))).lower()


def _loosened(name: str, schema: Schema) -> Schema:
    return {"type": _LOOSE[name]} if name in _LOOSE else schema


def _closure(name: str, definitions: Mapping[str, Schema]) -> set[str]:
    """A definition and all that it refers to, directly or not."""
    found: set[str] = set()
    ahead = [name]
    while ahead:
        here = ahead.pop()
        if here not in found:
            found.add(here)
            ahead += _references(definitions[here])
    return found


def _references(schema: Any) -> Iterator[str]:  # noqa: ANN401 - a schema is any JSON
    if isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"].removeprefix(_REFERENCE)
        for value in schema.values():
            yield from _references(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _references(value)
