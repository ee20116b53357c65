"""What the annotation ``pulumi.com/waitFor`` asks to wait for.

It is one expression, or a JSON array of them that all have to hold at once:

- ``condition=Type`` or ``condition=Type=Status``, as ``kubectl wait`` has it: the entry of ``status.conditions`` of
  that type has the status, ``True`` where none is given. Case does not matter.
- ``jsonpath={.path}`` or ``jsonpath={.path}=value``: the path, a query of RFC 9535, selects something; with a value,
  the first thing that it selects is written like the value.

As with the ordinary provider, an object whose ``observedGeneration`` is older than its generation is not judged. Some
controllers, Argo Rollouts among them, write that number as a string, which the ordinary provider does not read: there
an update may be taken for ready by the status of the version before. Here it is read.
"""

import json
from dataclasses import dataclass

import jsonpath_rfc9535 as jsonpath

from toolchain.plugins.awaiting import rollout
from toolchain.plugins.awaiting.fields import at, number, objects, one_line, text
from toolchain.plugins.awaiting.outcome import Family, Outcome, Ready, Related, Waiting
from toolchain.plugins.awaiting.reader import Live

ANNOTATION = "pulumi.com/waitFor"
EQUALS = "\0"
"""Stands for ``==`` while an expression is split at ``=``."""


class Malformed(Exception):  # noqa: N818 - a user's mistake in an annotation
    """An expression can't be read. The message names it and says what is expected."""


@dataclass(frozen=True)
class ConditionIs:
    """Wait for a condition's status."""

    type: str
    status: str

    def unmet(self, live: Live) -> str:
        """Say what is missing; nothing if the condition holds."""
        for entry in objects(live, "status", "conditions"):
            if text(entry, "type").casefold() != self.type.casefold():
                continue
            if _older(live, entry):
                return "the controller has not yet seen the change"
            found = text(entry, "status")
            if found.casefold() == self.status.casefold():
                return ""
            why = ": ".join(part for part in (text(entry, "reason"), one_line(text(entry, "message"))) if part)
            return f"condition {self.type} is {found or 'empty'}, not {self.status}" + (f" ({why})" if why else "")
        return f"there is no condition {self.type} yet"


@dataclass(frozen=True)
class PathIs:
    """Wait for what a path selects."""

    path: str
    query: jsonpath.JSONPathQuery
    value: str | None

    def unmet(self, live: Live) -> str:
        """Say what is missing; nothing if the path selects what it should. Values of Secrets are not repeated."""
        if _older(live, {}):
            return "the controller has not yet seen the change"
        found = self.query.find_one(dict(live))
        if found is None:
            return f"{self.path} selects nothing yet"
        if self.value is None:
            return ""
        if isinstance(found.value, dict | list):
            return f"{self.path} is {'an object' if isinstance(found.value, dict) else 'a list'}, not {self.value}"
        written = _written(found.value)
        if written == self.value:
            return ""
        return f"{self.path} is not {self.value}" + ("" if _secret(live) else f" but {one_line(written)}")


Expression = ConditionIs | PathIs


def parse(annotation: str) -> tuple[Expression, ...]:
    """Read the annotation's value. Raises ``Malformed``."""
    try:
        listed = json.loads(annotation)
    except ValueError:
        listed = None
    if not isinstance(listed, list) or not all(isinstance(entry, str) for entry in listed):
        listed = [annotation]
    if not listed:
        raise Malformed(f"{ANNOTATION} is an empty list: name at least one condition= or jsonpath=")
    return tuple(_expression(entry) for entry in listed)


def family(annotation: str) -> Family:
    """Wait for all of the annotation's expressions at once. Raises ``Malformed``."""
    expressions = parse(annotation)

    def progress(live: Live, _: Related) -> Outcome:
        unmet = [words for words in (expression.unmet(live) for expression in expressions) if words]
        if not unmet:
            return Ready()
        return Waiting(unmet[0], (*unmet[1:], *rollout.details(live)))

    return Family(progress=progress)


def _expression(written: str) -> Expression:
    if written.startswith("condition="):
        kind, _, status = written.removeprefix("condition=").partition("=")
        return ConditionIs(kind, status if "=" in written.removeprefix("condition=") else "True")
    if written.startswith("jsonpath="):
        return _path(written.removeprefix("jsonpath="))
    raise Malformed(f"{ANNOTATION}: expected condition=... or jsonpath=..., found {written!r}")


def _path(written: str) -> PathIs:
    parts = [part.replace(EQUALS, "==") for part in written.replace("==", EQUALS).split("=")]
    path, value = parts[0], parts[1] if len(parts) > 1 else None
    if len(parts) > 2 or value == "" or not (path.startswith("{") and path.endswith("}")):  # noqa: PLR2004 - path=value
        raise Malformed(f"{ANNOTATION}: expected jsonpath={{.path}} or jsonpath={{.path}}=value, found {written!r}")
    inner = path[1:-1].strip()
    try:
        query = jsonpath.compile(inner if inner.startswith("$") else f"${inner}")
    except jsonpath.JSONPathError as error:
        raise Malformed(f"{ANNOTATION}: {path} is no JSONPath of RFC 9535: {one_line(str(error))}") from error
    return PathIs(path, query, value)


def _older(live: Live, entry: Live) -> bool:
    """Say whether what is looked at speaks of an older generation; without both numbers nobody can tell."""
    generation = number(live, "metadata", "generation")
    observed = at(entry, "observedGeneration")
    observed = at(live, "status", "observedGeneration") if observed is None else observed
    if isinstance(observed, str) and observed.isdecimal():
        observed = int(observed)
    return generation is not None and isinstance(observed, int) and observed < generation


def _secret(live: Live) -> bool:
    return text(live, "kind") == "Secret"


def _written(value: object) -> str:
    """Write a value as Go prints it, which is what the ordinary provider compares with."""
    if value is None:
        return "<nil>"
    return str(value).lower() if isinstance(value, bool) else str(value)
