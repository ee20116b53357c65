"""Previews by the API server's dry run: what it would make of an object, or why it refuses it."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from toolchain.plugins import objects
from toolchain.plugins.api.client import Object
from toolchain.plugins.api.errors import NoSuchKind, Refused, StatusError
from toolchain.plugins.awaiting.reader import Ref
from toolchain.plugins.deploying.attempt import Attempt, refused
from toolchain.plugins.deploying.creation import previewed
from toolchain.plugins.deploying.update import update
from toolchain.plugins.deploying.wanted import forced, initial_version, wanted
from toolchain.plugins.kind import Kind
from toolchain.plugins.paths import Path
from toolchain.plugins.serve import Refusal
from toolchain.plugins.values import Properties, Unknown, Value


def created(attempt: Attempt, kind: Kind, inputs: Properties) -> Properties | None:
    """Return what a creation would make, or ``None`` where the server can't say. Raises ``Refusal``."""
    sent = None if kind.patch else wanted(kind, inputs)
    if sent is None:
        return None
    live = _dry(attempt, sent, lambda: previewed(attempt, sent, apply=attempt.options.upsert))
    return None if live is None else objects.state(inputs, live, initial_version(inputs, {}, kind), attempt.manager)


def changed(
    attempt: Attempt, kind: Kind, state: Properties, inputs: Properties, ignored: Sequence[Path]
) -> Properties | None:
    """Return what an update would make, or ``None`` where the server can't say. Raises ``Refusal``."""
    sent = wanted(kind, inputs)
    if sent is None:
        return None
    force = forced(inputs, attempt.options)
    live = _dry(
        attempt, sent, lambda: update(attempt, sent, patch=kind.patch, force=force, ignored=ignored, dry_run=True)
    )
    return None if live is None else objects.state(inputs, live, initial_version(inputs, state, kind), attempt.manager)


def normalised(
    attempt: Attempt, kind: Kind, state: Properties, inputs: Properties, ignored: Sequence[Path]
) -> Properties | None:
    """Return how the server would write down what is wanted; ``None`` where it can't say. It refuses nothing here."""
    force = replace(attempt.options, patch_force=True, upsert=True)
    quiet = replace(attempt, options=force, voice=attempt.voice.muted())
    try:
        return changed(quiet, kind, state, inputs, ignored)
    except Refusal:
        pass  # an immutable field, perhaps: a creation under another name knows none
    try:
        return created(quiet, kind, inputs)
    except Refusal:
        return None


def outputs(made: Properties, plan: Properties) -> Properties:
    """Return the outputs that a preview promises: the server's answer, unknown where the ``plan`` is.

    A dry run makes up identities, times and addresses; the real object gets others.
    """
    found = _promised({key: value for key, value in made.items() if key != "status"}, plan)
    return found if isinstance(found, dict) else {}


def _promised(made: Value, plan: Value) -> Value:
    if isinstance(plan, Unknown):
        return plan
    if isinstance(made, dict) and isinstance(plan, dict):
        return {**made, **{key: _promised(made.get(key), item) for key, item in plan.items()}}
    return plan if made is None else made


def _dry(attempt: Attempt, sent: Object, run: Callable[[], Object]) -> Object | None:
    """Return what the dry run answers, or ``None`` where the server can't judge the object yet.

    That is so for a kind, a namespace or a service account that the same deployment is about to make, for an object
    that exists and is to be replaced, where the user may look but not change, and where a webhook takes no dry runs.
    Raises ``Refusal`` with the server's words where the object is refused.
    """
    try:
        return run()
    except NoSuchKind:
        return None
    except StatusError as problem:
        undecided = problem.unauthorized or problem.no_namespace or problem.early or problem.exists
        if undecided or "does not support dry run" in str(problem):
            return None
        raise refused(problem, Ref.of(sent), attempt.manager) from None
    except Refused as problem:
        raise refused(problem, Ref.of(sent), attempt.manager) from None
