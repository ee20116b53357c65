"""Deployments: the newest ReplicaSet is complete, and the Deployment is available.

The controller reports ``NewReplicaSetAvailable`` when the new pods are available and the old ones are gone; the first
revision has no old ones, and needs no such report. ``ProgressDeadlineExceeded`` does not end the wait, with the
ordinary provider neither: the Deployment goes on trying, and may still succeed within the time given.
"""

from collections.abc import Iterator

from toolchain.plugins.awaiting import pod
from toolchain.plugins.awaiting.fields import (
    annotation,
    at,
    beside,
    condition,
    count,
    holds,
    mapping,
    number,
    objects,
    owned,
    reason,
    selected,
    text,
    unobserved,
    warnings,
)
from toolchain.plugins.awaiting.outcome import Collection, Family, Outcome, Ready, Related, Waiting
from toolchain.plugins.awaiting.reader import Live

REVISION = "deployment.kubernetes.io/revision"
"""Annotation by which the controller numbers a Deployment's ReplicaSets."""


def progress(live: Live, related: Related) -> Outcome:
    """Judge one Deployment by its status, its ReplicaSets, its pods and its volume claims."""
    waiting = unobserved(live)
    if waiting is not None:
        return waiting
    revision = annotation(live, REVISION)
    newest = _newest(live, revision, related)
    if newest is None:
        details = tuple(_conditions(live))
        return Waiting("the controller has not yet made the ReplicaSet", details)
    # The ReplicaSet may have been seen before it was scaled, or the Deployment before somebody scaled it again.
    wanted, ready = max(_replicas(newest), _replicas(live)), count(newest, "status", "readyReplicas")
    complete = revision == "1" or _complete(live)
    unbound = list(_unbound(live, related))
    if ready >= wanted and holds(live, "Available") and complete and not unbound:
        return Ready()
    words = f"{min(ready, count(live, 'status', 'availableReplicas'))} of {wanted} replicas available"
    if ready >= wanted and holds(live, "Available"):
        words = "waiting for the volume claims" if unbound else "waiting for the pods of the old version to go"
    return Waiting(words, (*_conditions(live), *unbound, *_pods(live, newest, related)))


def related(live: Live) -> tuple[Collection, ...]:
    """Look at ReplicaSets and pods, at the namespace's claims where a volume names one, and at warnings."""
    labels = selected(mapping(live, "spec", "selector"))
    claims = (beside(live, "v1", "PersistentVolumeClaim"),) if list(_claims(live)) else ()
    return (
        beside(live, "apps/v1", "ReplicaSet", labels),
        beside(live, "v1", "Pod", labels, needed=False),
        *claims,
        warnings(live),
    )


def _newest(live: Live, revision: str, related: Related) -> Live | None:
    """Return the ReplicaSet of the Deployment's revision."""
    for candidate in related.get("ReplicaSet", ()):
        if revision and owned(candidate, live) and annotation(candidate, REVISION) == revision:
            return candidate
    return None


def _replicas(live: Live) -> int:
    wanted = number(live, "spec", "replicas")
    return 1 if wanted is None else wanted


def _complete(live: Live) -> bool:
    progressing = condition(live, "Progressing")
    return text(progressing, "status") == "True" and text(progressing, "reason") == "NewReplicaSetAvailable"


def _claims(live: Live) -> Iterator[str]:
    for volume in objects(live, "spec", "template", "spec", "volumes"):
        if at(volume, "persistentVolumeClaim") is not None:
            yield text(volume, "persistentVolumeClaim", "claimName")


def _unbound(live: Live, related: Related) -> Iterator[str]:
    """Name the claims that a volume uses and that are not bound."""
    claims = set(_claims(live))
    for claim in related.get("PersistentVolumeClaim", ()):
        name, phase = text(claim, "metadata", "name"), text(claim, "status", "phase")
        if name in claims and phase != "Bound":
            yield f"volume claim {name} is {phase or 'new'}"


def _conditions(live: Live) -> Iterator[str]:
    """Repeat what the controller complains of."""
    for kind, bad in (("Progressing", "False"), ("ReplicaFailure", "True")):
        found = condition(live, kind)
        if text(found, "status") == bad and reason(found):
            yield reason(found)


def _pods(live: Live, newest: Live, related: Related) -> tuple[str, ...]:
    events = related.get("Event", ())
    found = pod.troubles(pod.of(newest, related), events)
    # The Deployment's own condition has said it already.
    refused = "" if holds(live, "ReplicaFailure") else pod.warned(newest, events)
    return found or ((refused,) if refused else ())


FAMILY = Family(progress=progress, related=related, on_refresh=True)
