"""The four things that are done to a deployed resource."""

from collections.abc import Sequence
from dataclasses import dataclass

from toolchain.plugins import objects
from toolchain.plugins.api.client import Object
from toolchain.plugins.api.errors import Refused, StatusError
from toolchain.plugins.awaiting.loop import NotReady, Wait, wait_gone, wait_ready
from toolchain.plugins.awaiting.reader import Ref
from toolchain.plugins.deploying import reading
from toolchain.plugins.deploying.attempt import Attempt, Cancelled, refused, shown
from toolchain.plugins.deploying.creation import create
from toolchain.plugins.deploying.deletion import delete
from toolchain.plugins.deploying.update import relinquish, update
from toolchain.plugins.deploying.wanted import forced, initial_version, inputs_of, ref_of, wanted
from toolchain.plugins.kind import Kind
from toolchain.plugins.paths import Path
from toolchain.plugins.serve import InitFailed, Refusal
from toolchain.plugins.values import Properties, plain, write

PROPAGATION = "pulumi.com/deletionPropagationPolicy"
REQUIRED = "Required value"
"""How the API server words that a field is missing which an object can't do without."""


@dataclass(frozen=True)
class Seen:
    """A resource as it is in the cluster."""

    identity: str
    outputs: Properties
    inputs: Properties


def created(attempt: Attempt, kind: Kind, inputs: Properties) -> tuple[str, Properties]:
    """Create the object, wait until it is ready, and return its identity and outputs.

    Raises ``Refusal`` where it was not created, and ``InitFailed`` where it was but is not ready.
    """
    sent = _known(kind, inputs)
    try:
        apply = attempt.options.upsert or kind.patch
        live = create(attempt, sent, apply=apply, force=forced(inputs, attempt.options))
    except Refused as problem:
        raise refused(problem, Ref.of(sent), attempt.manager) from None
    outputs = _awaited(attempt, live, sent, inputs, initial_version(inputs, {}, kind))
    return objects.identity(live), outputs


def changed(attempt: Attempt, kind: Kind, state: Properties, inputs: Properties, ignored: Sequence[Path]) -> Properties:
    """Update the object, wait until it is ready, and return its outputs. Raises as ``created`` does."""
    sent = _known(kind, inputs)
    force = forced(inputs, attempt.options)
    try:
        live = update(attempt, sent, patch=kind.patch, force=force, ignored=ignored, dry_run=False)
    except Refused as problem:
        raise refused(problem, Ref.of(sent), attempt.manager) from None
    outputs = _awaited(attempt, live, sent, inputs, initial_version(inputs, state, kind))
    earlier = plain(state.get(objects.FIELD_MANAGER))
    if isinstance(earlier, str) and earlier not in ("", attempt.manager):
        relinquish(attempt, live, earlier)
    return outputs


def deleted(attempt: Attempt, kind: Kind, identity: str, state: Properties, given: Properties) -> None:
    """Delete the object and wait until it is gone; one that is gone already is fine. Raises ``Refusal``."""
    ref, inputs = ref_of(kind, identity, state), inputs_of(state, given)
    what = shown(ref)
    try:
        live = attempt.patiently(lambda: attempt.client.get(ref), what)
        if live is not None and kind.patch:
            relinquish(attempt, live, attempt.manager)
        elif live is not None and delete(attempt, ref, objects.annotation(inputs, PROPAGATION)):
            asked = {**objects.body(inputs), "apiVersion": ref.api_version, "kind": ref.kind}
            wait_gone(live, attempt.client, _wait(attempt, asked))
    except Refused as problem:
        if not problem.missing:
            raise _not_deleted(problem, ref, kind, attempt.manager) from None
    except NotReady as problem:
        if problem.cancelled:
            raise Cancelled(what) from None
        raise Refusal(f"{what} is not gone yet: {problem}. Its deletion goes on; run the command again.") from None
    attempt.voice.say("")


def seen(attempt: Attempt, kind: Kind, token: str, identity: str, state: Properties, inputs: Properties) -> Seen | None:
    """Return what is there of a resource now; ``None`` where it is gone.

    Without state and inputs (an import, a look-up) the inputs are guessed from what is there. Raises ``InitFailed``
    where the object is there and not ready, and ``Refusal`` where it can't be read.
    """
    live = reading.read_live(attempt, ref_of(kind, identity, state or inputs))
    if live is None:
        return None
    imported = not inputs.get("kind") and not state.get("kind")
    asked = inputs or inputs_of(state, state)
    now = reading.inputs_guessed(token, live) if imported else reading.inputs_now(live, asked)
    initial = initial_version({"apiVersion": live["apiVersion"]}, state, kind)
    outputs = objects.state(now, live, initial, attempt.manager)
    reasons = () if imported else reading.unready(attempt, live, asked)
    if reasons:
        raise InitFailed(
            f"{shown(Ref.of(live))} is not ready: {'; '.join(reasons)}.",
            identity=identity,
            properties=write(outputs),
            reasons=reasons,
            inputs=write(now),
        )
    return Seen(identity or objects.identity(live), outputs, now)


def _known(kind: Kind, inputs: Properties) -> Object:
    sent = wanted(kind, inputs)
    if sent is None:
        raise Refusal(f"A {kind.kind} can't be deployed while something in it is unknown.")
    return sent


def _wait(attempt: Attempt, asked: Object) -> Wait:
    return Wait(inputs=asked, timeout=attempt.timeout, say=attempt.voice.say, cancelled=attempt.cancelled)


def _awaited(attempt: Attempt, live: Object, sent: Object, inputs: Properties, initial: str) -> Properties:
    """Wait until the object is ready and return the outputs to keep. Whatever goes wrong, the object is kept."""
    try:
        ready = wait_ready(live, attempt.client, _wait(attempt, sent))
    except NotReady as problem:
        last, reasons = problem.live, problem.words
    except Exception as problem:  # noqa: BLE001 - the object exists, and the state has to know it
        last, reasons = live, (f"the wait failed: {type(problem).__name__}: {problem}",)
    else:
        attempt.voice.say("")
        return objects.state(inputs, ready, initial, attempt.manager)
    raise InitFailed(
        f"{shown(Ref.of(live))} was applied but is not ready: {'; '.join(reasons)}. It is kept in the state; "
        "the next deployment goes on with it.",
        identity=objects.identity(live),
        properties=write(objects.state(inputs, last, initial, attempt.manager)),
        reasons=reasons,
    )


def _not_deleted(problem: Refused, ref: Ref, kind: Kind, manager: str) -> Refusal:
    if kind.patch and isinstance(problem, StatusError) and problem.code == 422 and REQUIRED in str(problem):  # noqa: PLR2004
        fields = ", ".join(cause.field for cause in problem.causes) or str(problem)
        return Refusal(
            f"The patch of {shown(ref)} sets fields that the object needs ({fields}): let another manager set them "
            "first, or set retainOnDelete on the patch."
        )
    return refused(problem, ref, manager)
