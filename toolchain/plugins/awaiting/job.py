"""Jobs: complete, or failed for good."""

from toolchain.plugins.awaiting import pod
from toolchain.plugins.awaiting.fields import at, beside, condition, count, holds, mapping, reason, selected, warnings
from toolchain.plugins.awaiting.outcome import Collection, Failed, Family, Outcome, Ready, Related, Waiting
from toolchain.plugins.awaiting.reader import Live


def progress(live: Live, related: Related) -> Outcome:
    """Judge one Job.

    The controller sets ``Failed`` when it has given up, whatever the reason. A Job with ``ttlSecondsAfterFinished`` may
    be deleted while it is awaited: its last state counts.
    """
    details = pod.troubles(pod.of(live, related), related.get("Event", ()))
    if holds(live, "Failed"):
        return Failed(reason(condition(live, "Failed")) or "the Job has failed", details)
    if at(live, "status", "startTime") is None:
        words = pod.warned(live, related.get("Event", ()))
        return Waiting("waiting for the Job to start", (words,) if words else details)
    if holds(live, "Complete"):
        return Ready()
    counted = ", ".join(f"{count(live, 'status', state)} {state}" for state in ("active", "succeeded", "failed"))
    return Waiting(f"waiting for the Job to complete (pods: {counted})", details)


def related(live: Live) -> tuple[Collection, ...]:
    """Look at the Job's pods and at warnings; the API server gives every Job a selector of its own."""
    labels = selected(mapping(live, "spec", "selector"))
    return beside(live, "v1", "Pod", labels, needed=False), warnings(live)


FAMILY = Family(progress=progress, related=related, on_refresh=True, outlives=True)
