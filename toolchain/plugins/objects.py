"""From the engine's properties to an object of the API and back, with everything secret kept so.

The SDK spells the keys of JSON Schema in custom resource definitions with underscores, the API with dashes. What a
deployed resource has as outputs is the live object, plus three keys of the provider's own: its inputs, the API version
it was made with, and the field manager that it is applied as.
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from toolchain.plugins.values import Properties, Secret, Value, plain

INPUTS = "__inputs"
INITIAL_API_VERSION = "__initialApiVersion"
FIELD_MANAGER = "__fieldManager"

DASHED = {
    f"x_kubernetes_{name}": f"x-kubernetes-{name.replace('_', '-')}"
    for name in (
        "embedded_resource",
        "int_or_string",
        "list_map_keys",
        "list_type",
        "map_type",
        "preserve_unknown_fields",
        "validations",
    )
}
UNDERSCORED = {dashed: underscored for underscored, dashed in DASHED.items()}


def body(inputs: Properties) -> dict[str, Any]:
    """Turn inputs without unknowns into the JSON to send: whole numbers as such, nothing marked secret."""
    found = _json({key: value for key, value in inputs.items() if not key.startswith("__")})
    return found if isinstance(found, dict) else {}


def properties(live: Mapping[str, Any]) -> Properties:
    """Turn the JSON of an object into properties."""
    return {UNDERSCORED.get(key, key): _value(item) for key, item in live.items()}


def state(inputs: Properties, live: Mapping[str, Any], initial: str, manager: str) -> Properties:
    """Return the outputs to keep of an object that was applied from ``inputs`` and is now ``live``."""
    outputs, kept = marked(properties(live), inputs), marked(_clear(inputs), inputs)
    return {**outputs, INPUTS: kept, INITIAL_API_VERSION: initial, FIELD_MANAGER: manager}


def marked(outputs: Properties, inputs: Properties) -> Properties:
    """Mark as secret what is secret in ``inputs``, and always what a Secret holds.

    Objects are followed key by key; a list is secret as a whole if anything in it is, because places in it may change.
    """
    found = dict(outputs)
    if found.get("kind") == "Secret":
        return {**found, **{key: _secret(found[key]) for key in ("data", "stringData") if found.get(key) is not None}}
    for key, given in inputs.items():
        value = found.get(key)
        if value is None:
            continue
        if isinstance(value, dict) and isinstance(given, dict):
            found[key] = marked(value, given)
        elif _holds_secret(given):
            found[key] = _secret(value)
    return found


def pruned(live: Value, inputs: Value) -> Value:
    """Return of ``live`` only what ``inputs`` speak of; lists are followed place by place, as far as both go."""
    if isinstance(live, dict) and isinstance(inputs, dict):
        return {key: pruned(item, inputs[key]) for key, item in live.items() if key in inputs}
    if isinstance(live, list) and isinstance(inputs, list):
        return [pruned(item, wanted) for item, wanted in zip(live, inputs, strict=False)]
    return live


def encoded(inputs: Properties) -> Properties:
    """Put what a Secret has in ``stringData`` into ``data``, as the API server does; other objects stay as they are."""
    if inputs.get("kind") != "Secret" or inputs.get("apiVersion") not in ("v1", "core/v1"):
        return inputs
    texts, data = plain(inputs.get("stringData")), plain(inputs.get("data"))
    held: Properties = {key: _normal(item) for key, item in data.items()} if isinstance(data, dict) else {}
    if isinstance(texts, dict):
        if not all(isinstance(text, str) for text in texts.values()):
            return inputs
        held.update({key: base64.b64encode(str(text).encode()).decode() for key, text in texts.items()})
    rest: Properties = {key: item for key, item in inputs.items() if key not in ("data", "stringData")}
    return {**rest, "data": Secret(held)} if held or "data" in inputs else rest


def identity(live: Mapping[str, Any]) -> str:
    """Return the resource's identity for the engine: ``namespace/name``, or the name of what has no namespace."""
    metadata = live["metadata"]
    namespace = metadata.get("namespace")
    return f"{namespace}/{metadata['name']}" if namespace else str(metadata["name"])


def annotation(inputs: Properties, key: str) -> str:
    """Return an annotation's text; nothing where it is missing or unknown."""
    found: Value = plain(inputs)
    for step in ("metadata", "annotations", key):
        found = found.get(step) if isinstance(found, dict) else None
    return found if isinstance(found, str) else ""


def _json(value: Value) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, Secret):
        return _json(value.value)
    if isinstance(value, dict):
        return {DASHED.get(key, key): _json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_json(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _value(item: Any) -> Value:  # noqa: ANN401 - JSON
    if isinstance(item, dict):
        return properties(item)
    if isinstance(item, list):
        return [_value(one) for one in item]
    if isinstance(item, int) and not isinstance(item, bool):
        return float(item)
    return item if isinstance(item, (bool, float, str)) else None


def _clear(inputs: Properties) -> Properties:
    known = plain(inputs)
    return {key: item for key, item in known.items() if not key.startswith("__")} if isinstance(known, dict) else {}


def _secret(value: Value) -> Secret:
    return value if isinstance(value, Secret) else Secret(value)


def _holds_secret(value: Value) -> bool:
    if isinstance(value, dict):
        return any(_holds_secret(item) for item in value.values())
    if isinstance(value, list):
        return any(_holds_secret(item) for item in value)
    return isinstance(value, Secret)


def _normal(item: Value) -> Value:
    """Write base64 as the API server writes it back."""
    if not isinstance(item, str):
        return item
    try:
        return base64.b64encode(base64.b64decode(item, validate=False)).decode()
    except (binascii.Error, ValueError):
        return item
