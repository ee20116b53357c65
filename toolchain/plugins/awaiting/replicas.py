"""StatefulSets, DaemonSets and ReplicationControllers: as many pods as wanted, of the wanted version."""

from collections.abc import Mapping
from typing import Any

from toolchain.plugins.awaiting import pod
from toolchain.plugins.awaiting.fields import beside, count, mapping, number, selected, text, unobserved, warnings
from toolchain.plugins.awaiting.outcome import Collection, Family, Outcome, Ready, Related, Waiting
from toolchain.plugins.awaiting.reader import Live


def stateful_set(live: Live, related: Related) -> Outcome:
    """Judge one StatefulSet: all replicas exist and are ready, and all have the update's revision.

    With ``OnDelete`` the user decides when a pod gets the new revision: after the first generation only number and
    readiness count. A partition keeps some pods at the old revision, so a StatefulSet with one is not ready before the
    partition is gone, with the ordinary provider neither: ``pulumi.com/skipAwait`` is the way out.
    """
    waiting = unobserved(live)
    if waiting is not None:
        return waiting
    wanted, ready = number(live, "spec", "replicas"), count(live, "status", "readyReplicas")
    wanted = 1 if wanted is None else wanted
    numbers = {count(live, "status", "replicas"), ready}
    current, update = text(live, "status", "currentRevision"), text(live, "status", "updateRevision")
    rolled = bool(current) and current == update
    if count(live, "metadata", "generation") > 1 and text(live, "spec", "updateStrategy", "type") == "OnDelete":
        rolled = True
    else:
        numbers.add(count(live, "status", "currentReplicas"))
    if rolled and numbers == {wanted}:
        return Ready()
    words = f"{ready} of {wanted} replicas ready"
    if ready >= wanted and not rolled:
        updated = count(live, "status", "updatedReplicas")
        words = f"{updated} of {wanted} replicas have revision {update}; the others have {current}"
    return Waiting(words, _pods(live, related))


def daemon_set(live: Live, related: Related) -> Outcome:
    """Judge one DaemonSet: on every node that should run a pod one of the newest version is ready and available.

    ``OnDelete`` makes no difference, with the ordinary provider neither: the wait lasts until the pods were deleted.
    """
    if text(live, "metadata", "deletionTimestamp"):
        return Waiting("it is being deleted")
    waiting = unobserved(live)
    if waiting is not None:
        return waiting
    wanted = number(live, "status", "desiredNumberScheduled")
    if wanted is None:
        return Waiting("the controller has not yet counted the nodes")
    for field, words in (
        ("currentNumberScheduled", "have a pod"),
        ("updatedNumberScheduled", "have a pod of the new version"),
        ("numberAvailable", "have an available pod"),
        ("numberReady", "have a ready pod"),
    ):
        found = count(live, "status", field)
        if found < wanted:
            return Waiting(f"{found} of {wanted} nodes {words}", _pods(live, related))
    return Ready()


def replication_controller(live: Live, related: Related) -> Outcome:
    """Judge one ReplicationController: as many replicas are available as wanted."""
    waiting = unobserved(live)
    if waiting is not None:
        return waiting
    wanted, available = number(live, "spec", "replicas"), count(live, "status", "availableReplicas")
    wanted = 1 if wanted is None else wanted
    if available == wanted:
        return Ready()
    return Waiting(f"{available} of {wanted} replicas available", _pods(live, related))


def _pods(live: Live, related: Related) -> tuple[str, ...]:
    events = related.get("Event", ())
    found = pod.troubles(pod.of(live, related), events)
    refused = pod.warned(live, events)
    return found or ((refused,) if refused else ())


def _related(live: Live) -> tuple[Collection, ...]:
    return _beside(live, mapping(live, "spec", "selector"))


def _related_by_labels(live: Live) -> tuple[Collection, ...]:
    return _beside(live, {"matchLabels": mapping(live, "spec", "selector")})


def _beside(live: Live, selector: Mapping[str, Any]) -> tuple[Collection, ...]:
    return beside(live, "v1", "Pod", selected(selector), needed=False), warnings(live)


STATEFUL_SET = Family(progress=stateful_set, related=_related, on_refresh=True)
DAEMON_SET = Family(progress=daemon_set, related=_related, on_refresh=True)
REPLICATION_CONTROLLER = Family(progress=replication_controller, related=_related_by_labels)
