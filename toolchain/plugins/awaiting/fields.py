"""Reading the fields of live objects, of which nothing is certain.

A field that is missing or null has its default. A field of another type than the API's raises ``Unreadable``, so that
nothing is ever taken for ready because it could not be read.
"""

from collections.abc import Mapping
from typing import Any

from toolchain.plugins.awaiting.outcome import Collection, Waiting
from toolchain.plugins.awaiting.reader import Live

LONGEST = 600
"""Characters of a message from the cluster that are repeated to the user."""


class Unreadable(Exception):  # noqa: N818 - a finding about an object; waiting goes on
    """A field does not have the type that the API gives it. The message names it and what was found."""


def at(live: Live, *path: str) -> Any:  # noqa: ANN401 - JSON
    """Return the value at ``path``, or None where there is none."""
    here: Any = live
    for step, key in enumerate(path):
        if here is None:
            return None
        if not isinstance(here, Mapping):
            raise _unreadable(path[:step], here, "an object")
        here = here.get(key)
    return here


def text(live: Live, *path: str) -> str:
    """Return the string at ``path``, or an empty one."""
    found = at(live, *path)
    if found is None:
        return ""
    if not isinstance(found, str):
        raise _unreadable(path, found, "a string")
    return found


def number(live: Live, *path: str) -> int | None:
    """Return the whole number at ``path``, or None."""
    found = at(live, *path)
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, int):
        raise _unreadable(path, found, "a whole number")
    return found


def count(live: Live, *path: str) -> int:
    """Return the whole number at ``path``; the API leaves out what is 0."""
    return number(live, *path) or 0


def mapping(live: Live, *path: str) -> Mapping[str, Any]:
    """Return the object at ``path``, or an empty one."""
    found = at(live, *path)
    if found is None:
        return {}
    if not isinstance(found, Mapping):
        raise _unreadable(path, found, "an object")
    return found


def objects(live: Live, *path: str) -> list[Mapping[str, Any]]:
    """Return the objects in the list at ``path``, or an empty list."""
    found = at(live, *path)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(item, Mapping) for item in found):
        raise _unreadable(path, found, "a list of objects")
    return found


def condition(live: Live, kind: str) -> Mapping[str, Any]:
    """Return the entry of ``status.conditions`` of that type, or an empty one."""
    for entry in objects(live, "status", "conditions"):
        if text(entry, "type") == kind:
            return entry
    return {}


def holds(live: Live, kind: str) -> bool:
    """Say whether the condition of that type is ``True``."""
    return text(condition(live, kind), "status") == "True"


def reason(entry: Mapping[str, Any]) -> str:
    """Write a condition's, a container's or an event's reason and message as one line."""
    return ": ".join(part for part in (text(entry, "reason"), one_line(text(entry, "message"))) if part)


def one_line(message: str) -> str:
    """Put a message on one line of bearable length."""
    line = " ".join(message.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def annotation(live: Live, key: str) -> str:
    """Return the value of an annotation, or an empty string, also where it is no string: then nobody has set it."""
    try:
        return text(mapping(live, "metadata", "annotations"), key)
    except Unreadable:
        return ""


def owned(live: Live, owner: Live) -> bool:
    """Say whether ``owner`` is among the owners of ``live``."""
    uid = text(owner, "metadata", "uid")
    return bool(uid) and any(text(entry, "uid") == uid for entry in objects(live, "metadata", "ownerReferences"))


def unobserved(live: Live) -> Waiting | None:
    """Say what to wait for where the controller has not yet seen what was applied; else None."""
    generation, observed = number(live, "metadata", "generation"), number(live, "status", "observedGeneration")
    if generation is not None and observed is not None and observed >= generation:
        return None
    return Waiting("the controller has not yet seen the change")


def selected(selector: Mapping[str, Any]) -> str:
    """Write a label selector, ``matchLabels`` and ``matchExpressions``, as a request does.

    Raises ``Unreadable`` if it selects nothing in particular: everything in the namespace would be too much.
    """
    parts = [f"{key}={text(mapping(selector, 'matchLabels'), key)}" for key in mapping(selector, "matchLabels")]
    for entry in objects(selector, "matchExpressions"):
        key, operator = text(entry, "key"), text(entry, "operator")
        values = f"({','.join(str(value) for value in at(entry, 'values') or ())})"
        spelt = {"In": f"{key} in {values}", "NotIn": f"{key} notin {values}", "Exists": key, "DoesNotExist": f"!{key}"}
        if operator not in spelt:
            raise _unreadable(("operator",), operator, "In, NotIn, Exists or DoesNotExist")
        parts.append(spelt[operator])
    if not parts:
        raise Unreadable("spec.selector is empty")
    return ",".join(sorted(parts))


def beside(live: Live, api_version: str, kind: str, labels: str = "", *, needed: bool = True) -> Collection:
    """Describe the objects of a kind in the namespace of ``live``."""
    return Collection(api_version, kind, text(live, "metadata", "namespace") or None, labels=labels, needed=needed)


def warnings(live: Live) -> Collection:
    """Describe the warnings in the namespace of ``live``, which nobody has to be allowed to read."""
    return Collection("v1", "Event", text(live, "metadata", "namespace") or None, fields="type=Warning", needed=False)


def _unreadable(path: tuple[str, ...], found: object, expected: str) -> Unreadable:
    return Unreadable(f"{'.'.join(path) or 'the object'} is {type(found).__name__}, expected {expected}")
