"""Who manages which fields of an object, as its ``metadata.managedFields`` say."""

import re
from collections.abc import Sequence
from typing import Any, TypeAlias

from toolchain.plugins.api.client import Object
from toolchain.plugins.paths import Path

Fields: TypeAlias = dict[str, Any]
"""The API's own notation: a key ``f:<name>`` for each field, with the fields below it."""
HANDED_OVER = (
    ("kubectl", "Apply"),
    ("kubectl", "Update"),
    ("before-first-apply", "Update"),
    ("pulumi-kubernetes", "Update"),
    ("pulumi-resource-kubernetes", "Update"),
)
"""Beginnings of the managers whose fields the resource's own takes over, ``kubectl-edit`` and ``kubectl-patch`` among
them: what was written by hand does not stand in the program's way."""
EARLIER = ("pulumi-kubernetes", "pulumi-kubernetes.exe", "pulumi-resource-kubernetes")
"""What this provider, and the ordinary one, call themselves in plain requests."""
HOLDER = re.compile(r'conflict with "([^"]*)"(?P<part> with subresource)?(?P<update> using)?')
"""How the API server words who holds a field; it names the API version of those who did not apply it."""


def managed(live: Object) -> list[Object]:
    """Return the entries of ``metadata.managedFields``."""
    found: list[Object] = live["metadata"].get("managedFields") or []
    return found


def made_by_us(live: Object) -> bool:
    """Say whether a plain request of this provider wrote some of the fields."""
    return any(entry.get("operation") == "Update" and entry.get("manager") in EARLIER for entry in managed(live))


def handover(live: Object, manager: str) -> list[Object] | None:
    """Return the JSON Patch that gives ``manager`` what ``HANDED_OVER`` hold, or ``None`` if they hold nothing."""
    old: list[Object] = []
    kept: list[Object] = []
    for entry in managed(live):
        holder, operation = str(entry.get("manager")), str(entry.get("operation"))
        taken = (holder == manager and operation == "Apply") or _taken_over(holder, operation)
        (old if taken and not entry.get("subresource") else kept).append(entry)
    if all(entry.get("manager") == manager for entry in old):
        return None
    fields: Fields = {}
    for entry in old:
        fields = _joined(fields, entry.get("fieldsV1") or {})
    ours = {**old[0], "manager": manager, "operation": "Apply", "fieldsV1": fields}
    return [
        {"op": "replace", "path": "/metadata/managedFields", "value": [*kept, ours]},
        {"op": "replace", "path": "/metadata/resourceVersion", "value": live["metadata"]["resourceVersion"]},
    ]


def passing(conflicts: Sequence[str]) -> bool:
    """Say whether all ``conflicts``, in the server's words, are with managers whose fields a real update takes over."""
    held = [HOLDER.search(words) for words in conflicts]
    return bool(held) and all(
        found is not None and not found["part"] and _taken_over(found[1], "Update" if found["update"] else "Apply")
        for found in held
    )


def left_alone(wanted: Object, live: Object, ignored: Sequence[Path], manager: str) -> Object:
    """Return what to apply so that the ``ignored`` fields stay as they are.

    A field that only others manage is left out; any other one is sent with its live value, or the server would drop it.
    """
    for path in ignored:
        if not path or not all(isinstance(step, str) and step != "*" for step in path):
            continue  # the engine has put the old inputs there already
        theirs = any(_has(entry.get("fieldsV1") or {}, path) for entry in managed(live) if entry["manager"] != manager)
        ours = any(_has(entry.get("fieldsV1") or {}, path) for entry in managed(live) if entry["manager"] == manager)
        found, value = _at(live, path)
        if theirs and not ours:
            wanted = _changed(wanted, path, remove=True)
        elif found:
            wanted = _changed(wanted, path, value)
    return wanted


def _taken_over(manager: str, operation: str) -> bool:
    return any(manager.startswith(beginning) and operation == done for beginning, done in HANDED_OVER)


def _joined(one: Fields, other: Fields) -> Fields:
    """Unite two sets of fields."""
    found = dict(one)
    for key, below in other.items():
        found[key] = _joined(found[key], below) if key in found else below
    return found


def _has(fields: Fields, path: Path) -> bool:
    here: Any = fields
    for step in path:
        if not isinstance(here, dict) or f"f:{step}" not in here:
            return False
        here = here[f"f:{step}"]
    return True


def _at(live: Object, path: Path) -> tuple[bool, Any]:
    here: Any = live
    for step in path:
        if not isinstance(here, dict) or step not in here:
            return False, None
        here = here[step]
    return True, here


def _changed(body: Object, path: Path, value: Any = None, *, remove: bool = False) -> Object:  # noqa: ANN401 - JSON
    """Return a copy of ``body`` with another value at ``path``, or with none."""
    key, rest = str(path[0]), path[1:]
    below = body.get(key)
    if rest:
        if not isinstance(below, dict):
            return body if remove else {**body, key: _changed({}, rest, value)}
        return {**body, key: _changed(below, rest, value, remove=remove)}
    if remove:
        return {name: item for name, item in body.items() if name != key}
    return {**body, key: value}
