"""Reading JSON that may hold anything: what is not there, or of another type, is empty."""

from collections.abc import Mapping
from typing import Any, TypeAlias

Json: TypeAlias = Mapping[str, Any]
"""One Kubernetes object, or a part of it."""


def at(found: Any, *keys: str) -> Any:  # noqa: ANN401 - JSON
    """Walk down mappings; ``None`` where the way ends."""
    for key in keys:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def listed(found: Json, *keys: str) -> list[Json]:
    """The mappings in a list."""
    value = at(found, *keys)
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def text(found: Json, *keys: str) -> str:
    """A text, in one line."""
    value = at(found, *keys)
    return " ".join(value.split()) if isinstance(value, str) else ""


def number(found: Json, *keys: str) -> int | None:
    """A whole number; the rollouts controller writes some as text."""
    value = at(found, *keys)
    if isinstance(value, str) and value.isdecimal():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
