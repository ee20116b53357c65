"""Changing an object, for real or as the API server's dry run."""

from collections.abc import Sequence

from toolchain.plugins.api.client import Object
from toolchain.plugins.api.errors import StatusError
from toolchain.plugins.awaiting.reader import Ref
from toolchain.plugins.deploying import fields
from toolchain.plugins.deploying.attempt import Attempt, shown
from toolchain.plugins.deploying.creation import applied, warned
from toolchain.plugins.paths import Path
from toolchain.plugins.serve import Refusal

TRIES = 5
"""How often an object is read again because somebody changed it in between."""


def update(
    attempt: Attempt, wanted: Object, *, patch: bool, force: bool, ignored: Sequence[Path], dry_run: bool
) -> Object:
    """Bring the object to what is ``wanted`` and return it as the server has it then.

    A custom resource definition is replaced as a whole; anything else is applied on the server's side. ``patch`` says
    that the object belongs to somebody else, whose fields stay theirs. Raises ``Refused`` or ``Refusal``.
    """
    what = shown(Ref.of(wanted))
    for again in range(TRIES):
        live = _live(attempt, wanted, what)
        try:
            if _definition(wanted):
                return _replaced(attempt, wanted, live, what, dry_run=dry_run)
            if not patch and not dry_run:
                live = _handed_over(attempt, live, what)
        except StatusError as problem:
            if not problem.conflict or again + 1 == TRIES:
                raise
            continue
        break
    forced = force or not fields.managed(live) or (dry_run and fields.made_by_us(live))
    sent = fields.left_alone(wanted, live, ignored, attempt.manager)
    try:
        return attempt.patiently(lambda: applied(attempt, sent, force=forced, dry_run=dry_run), what)
    except StatusError as problem:
        if patch or not dry_run or not fields.passing([cause.message for cause in problem.causes]):
            raise
    # A dry run hands nothing over; the real update will.
    return attempt.patiently(lambda: applied(attempt, sent, force=True, dry_run=True), what)


def relinquish(attempt: Attempt, live: Object, manager: str) -> None:
    """Give up the fields that ``manager`` holds: those that nobody else holds return to their defaults."""
    ref = Ref.of(live)
    place = {"namespace": ref.namespace} if ref.namespace else {}
    nothing = {"apiVersion": ref.api_version, "kind": ref.kind, "metadata": {"name": ref.name, **place}}
    client = attempt.client
    attempt.patiently(lambda: client.apply(nothing, manager=manager, force=False, dry_run=False), shown(ref))


def _live(attempt: Attempt, wanted: Object, what: str) -> Object:
    found = attempt.patiently(lambda: attempt.client.get(Ref.of(wanted)), what)
    if found is None:
        raise Refusal(f"{what} is gone from the cluster: refresh the state (`pulumi refresh`), then run this again.")
    return found


def _definition(wanted: Object) -> bool:
    version = str(wanted["apiVersion"])
    return wanted["kind"] == "CustomResourceDefinition" and version.startswith("apiextensions.k8s.io/")


def _replaced(attempt: Attempt, wanted: Object, live: Object, what: str, *, dry_run: bool) -> Object:
    version = {"resourceVersion": live["metadata"]["resourceVersion"]}
    whole = {**wanted, "metadata": {**wanted["metadata"], **version}}
    manager = attempt.manager
    answer = attempt.patiently(lambda: attempt.client.replace(whole, manager=manager, dry_run=dry_run), what)
    warned(attempt, answer.warnings)
    return answer.body


def _handed_over(attempt: Attempt, live: Object, what: str) -> Object:
    """Give our field manager what earlier managers of the same program hold, or they would seem to be others."""
    operations = fields.handover(live, attempt.manager)
    if operations is None:
        return live
    return attempt.patiently(lambda: attempt.client.patch(Ref.of(live), operations), what)
