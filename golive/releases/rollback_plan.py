"""The way back to an earlier release: which one, what the stack file says then, and what is held back afterwards.

Plain data in, plain data out: nothing here asks the engine, git or the file system.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from guardrails.exceptions import change_windows as windows

from golive.releases.errors import Refusal
from golive.releases.history import UPDATE, Release, asked, updates
from golive.releases.migrations import crossed
from settings.errors import GUARDRAILS, SUBJECT
from settings.holds import NOT_DEPLOYED, OPERATED, environment_fingerprint

KEPT = NOT_DEPLOYED | OPERATED
"""The keys that a rollback leaves as the stack file has them."""


@dataclass(frozen=True, kw_only=True)
class WayBack:
    """What a rollback does."""

    target: Release
    settings: Mapping[str, Any]
    """What ``golive:settings`` says afterwards: as recorded, with what of this file is ``KEPT``, and the new hold."""
    bad: Release | None
    """The release that is left, which the new hold keeps back."""
    done: bool
    """Whether the newest update deployed these settings already, and nothing differs in the file."""


def way_back(history: Sequence[Release], file: Mapping[str, Any], to: int | None, reason: str | None = None) -> WayBack:
    """Find the way from what is deployed, and from ``file``, the present settings, to release ``to``.

    Without ``to`` it is the last release that succeeded and asked for something else, or, where a rollback did not
    come to its end, that rollback's. Raises ``Refusal``.
    """
    done = updates(history)
    if not done:
        raise Refusal("nothing was ever deployed, so there is nothing to go back to")
    if not all(isinstance(each, dict) for each in _holds(file).values()):
        raise Refusal("holds in the stack file is no map of holds; `golive settings check` says where")
    newest = done[-1]
    if newest.outcome == "in-progress":
        raise Refusal(f"release {newest.number} is still under way. Wait for its end, or cancel it")
    target = _named(history, to) if to is not None else _default(done, file)
    _refuse_unsafe(target)
    if barred := tuple(crossed(done, target)):
        raise Refusal(*barred)
    bad = _left(done, target)
    settings = {**asked(target.data), **{key: file[key] for key in sorted(KEPT) if key in file}}
    holds = dict(_holds(file))
    if bad is not None and bad.name not in holds:
        holds[bad.name] = hold_on(bad, target, reason or f"rolled back to release {target.number}")
    if holds:
        settings["holds"] = holds
    switched = any(newest.data.get(key) != file.get(key) for key in OPERATED)
    unchanged = newest.succeeded and asked(newest.data) == asked(target.data) and dict(file) == settings
    return WayBack(
        target=target, settings=settings, bad=bad, done=unchanged and not switched and history[-1].kind != "destroy"
    )


def hold_on(bad: Release, good: Release, reason: str) -> dict[str, Any]:
    """Make the hold that keeps ``bad`` back: the images it brought, or its other settings where it brought none."""
    kept = set(good.images.values())
    if images := sorted({image for image in bad.images.values() if image not in kept}):
        return {"reason": reason, "images": images}
    if bad.settings is None:
        raise Refusal(f"release {bad.number} has settings that this program can't read, so no hold can name them")
    return {"reason": reason, "settings": environment_fingerprint(bad.settings)}


def configuration(target: Release, file: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return all of ``config`` as the release had it, with ``settings``.

    Encrypted values stay as the file has them, and so do the guardrails: a waiver that was taken back since, or a level
    that was raised, does not return with an old release. Where the stack has change windows, they are told that this
    is a rollback, and to what.
    """
    kept = {
        key: value
        for key, value in file.items()
        if key == GUARDRAILS or (isinstance(value, Mapping) and set(value) == {"secure"})
    }
    recorded = {key: value for key, value in target.config.items() if key not in (SUBJECT, GUARDRAILS)}
    same = {key: file[key] for key, value in recorded.items() if key in file and _text(file[key]) == value}
    if GUARDRAILS in kept:
        kept[GUARDRAILS] = _announced(kept[GUARDRAILS], target, settings)
    return {**recorded, **same, **kept, SUBJECT: settings}


def _announced(guardrails: Any, target: Release, settings: Mapping[str, Any]) -> Any:  # noqa: ANN401 - as the file has it
    """Say to the change windows, if there are any, which release the settings are those of."""
    changes = guardrails.get(windows.KEY) if isinstance(guardrails, Mapping) else None
    if not isinstance(changes, Mapping):
        return guardrails
    back = {"release": target.number, "settings": windows.asked_for(dict(settings))}
    return {**guardrails, windows.KEY: {**changes, "rollback": back}}


def _holds(file: Mapping[str, Any]) -> Mapping[str, Any]:
    found = file.get("holds") or {}
    return found if isinstance(found, dict) else {"": found}


def _text(value: object) -> object:
    """Write a single value as the engine records it."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


def _named(history: Sequence[Release], to: int) -> Release:
    found = next((release for release in history if release.number == to), None)
    known = ", ".join(str(release.number) for release in updates(history) if release.succeeded) or "none"
    if found is None:
        raise Refusal(f"there is no release {to}. Those that succeeded are: {known}")
    if found.kind != UPDATE:
        raise Refusal(f"number {to} is a {found.kind} and no release. Those that succeeded are: {known}")
    if not found.succeeded:
        raise Refusal(f"release {to} itself is {found.outcome}. Those that succeeded are: {known}")
    return found


def _default(done: Sequence[Release], file: Mapping[str, Any]) -> Release:
    """Choose the release to return to; a rollback that was begun is gone on with before another one is."""
    newest, good = done[-1], [release for release in done if release.succeeded]
    if newest.rollback_to is not None and (not newest.succeeded or asked(file) == asked(newest.data)):
        return _named(done, newest.rollback_to)
    holds = _holds(file)
    begun = [release for release in good if asked(release.data) == asked(file)]
    if newest.name in holds and asked(file) != asked(newest.data) and begun:
        return begun[-1]
    held = {image for hold in holds.values() for image in hold.get("images", ())}
    for release in reversed(good):
        if asked(release.data) != asked(newest.data) and not held & set(release.images.values()):
            return release
    raise Refusal("no earlier release succeeded with other settings, so there is nothing to go back to")


def _refuse_unsafe(target: Release) -> None:
    if not target.data:
        raise Refusal(f"release {target.number} was recorded without {SUBJECT}, so nobody knows what it deployed")
    listed = target.data.get("releases")
    if missing := sorted(set(listed or ()) - set(target.images)):
        raise Refusal(f"release {target.number} was recorded without the image of {', '.join(missing)}")


def _left(done: Sequence[Release], target: Release) -> Release | None:
    """Find the release that the rollback leaves; behind an unfinished rollback lies the one that it was to leave."""
    for release in reversed(done):
        if asked(release.data) != asked(target.data):
            return release
        if release.succeeded:
            return None
    return None
