"""Pods: scheduled, then initialised, then ready. A pod that has run to its successful end is ready too.

As with the ordinary provider no trouble of a pod ends the wait: an image may be pushed, a node may come. The wait says
what is wrong until its time is over.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from toolchain.plugins.awaiting.fields import (
    Unreadable,
    condition,
    holds,
    mapping,
    objects,
    one_line,
    owned,
    reason,
    text,
    warnings,
)
from toolchain.plugins.awaiting.outcome import Family, Outcome, Ready, Related, Waiting
from toolchain.plugins.awaiting.reader import Live

STARTING = frozenset({"", "ContainerCreating", "PodInitializing"})
"""Reasons of a waiting container that are no trouble."""
UNREADY = "ContainersNotReady"
"""Reason of a condition that says no more than the containers' own states."""
SHOWN = 3
"""Pods in trouble that are named; the others have the same trouble as a rule."""


def progress(live: Live, related: Related) -> Outcome:
    """Judge one pod."""
    details = tuple(_troubles(live, related.get("Event", ())))
    if not holds(live, "PodScheduled"):
        return Waiting("waiting for a node", details)
    if not holds(live, "Initialized"):
        return Waiting("waiting for the init containers", details)
    if holds(live, "Ready"):
        return Ready()
    if condition(live, "Ready") and text(live, "status", "phase") == "Succeeded":
        return Ready()
    return Waiting("waiting for the containers to be ready", details)


def troubles(pods: Iterable[Live], events: Sequence[Live]) -> tuple[str, ...]:
    """Say for the first few pods that are in trouble what is wrong with them."""
    found = []
    for pod in sorted(pods, key=_name):
        if not _well(pod):
            found += [f"pod {_name(pod)}: {words}" for words in list(_troubles(pod, events))[:1]]
    return tuple(found[:SHOWN])


def warned(live: Live, events: Sequence[Live]) -> str:
    """Return the newest warning about ``live`` in the cluster's words, or nothing."""
    try:
        uid = text(live, "metadata", "uid")
        about = [event for event in events if uid and text(event, "involvedObject", "uid") == uid]
        newest = max(about, key=_when, default=None)
        return reason(newest) if newest is not None else ""
    except Unreadable:
        return ""


def of(owner: Live, related: Related) -> list[Live]:
    """Return the pods that ``owner`` owns; one that can't be read tells nothing, and is left out."""
    return [pod for pod in related.get("Pod", ()) if _owned(pod, owner)]


def _owned(pod: Live, owner: Live) -> bool:
    try:
        return owned(pod, owner)
    except Unreadable:
        return False


def _troubles(pod: Live, events: Sequence[Live]) -> Iterator[str]:
    """Say what is wrong, the most telling first. An unreadable pod says nothing."""
    try:
        yield from list(_containers(pod))
        for kind in ("PodScheduled", "Initialized", "Ready"):
            found = condition(pod, kind)
            if found and text(found, "status") != "True" and not text(found, "reason").startswith(UNREADY):
                words = one_line(text(found, "message"))
                yield from [f"{text(found, 'reason')}: {words}"] if words else []
                break
    except Unreadable:
        return
    words = warned(pod, events)
    yield from [words] if words else []


def _containers(pod: Live) -> Iterator[str]:
    statuses = objects(pod, "status", "initContainerStatuses") + objects(pod, "status", "containerStatuses")
    for status in statuses:
        if status.get("ready") is True:
            continue
        yield from _state(status)


def _state(status: Mapping[str, Any]) -> Iterator[str]:
    """Say why a container does not run. What the container itself wrote when it ended may hold a secret: left out."""
    name = text(status, "name")
    waiting = mapping(status, "state", "waiting")
    if text(waiting, "reason") not in STARTING:
        yield f"container {name}: {reason(waiting)}"
    for field in ("state", "lastState"):
        ended = mapping(status, field, "terminated")
        if ended and ended.get("exitCode") != 0:
            yield f"container {name} ended with exit code {ended.get('exitCode')} ({text(ended, 'reason')})"
            return


def _well(pod: Live) -> bool:
    try:
        return holds(pod, "Ready") or text(pod, "status", "phase") == "Succeeded"
    except Unreadable:
        return False


def _name(pod: Live) -> str:
    metadata = pod.get("metadata")
    return str(metadata.get("name", "")) if isinstance(metadata, Mapping) else ""


def _when(event: Live) -> str:
    return text(event, "lastTimestamp") or text(event, "eventTime") or text(event, "firstTimestamp")


FAMILY = Family(progress=progress, related=lambda live: (warnings(live),), on_refresh=True)
