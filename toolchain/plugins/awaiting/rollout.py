"""What became of an Argo Rollout.

Neither provider waits for Rollouts, or for any other custom resource, of its own accord: the program asks for it with
``pulumi.com/waitFor``. What this module knows only makes the wait's words better: a canary that was aborted or is
paused looks like one that is still on its way unless the controller's own phase and message are repeated.
"""

from enum import Enum

from toolchain.plugins.awaiting.fields import Unreadable, at, number, one_line, text
from toolchain.plugins.awaiting.reader import Live

GROUP = "argoproj.io/"


class Phase(Enum):
    """Where a Rollout stands; the values are the controller's."""

    HEALTHY = "Healthy"
    PAUSED = "Paused"
    DEGRADED = "Degraded"
    PROGRESSING = "Progressing"


def phase(live: Live) -> Phase:
    """Tell where the Rollout stands: progressing until the controller has seen the newest generation.

    The controller writes ``status.observedGeneration`` as a string. Raises ``Unreadable``.
    """
    generation, observed = number(live, "metadata", "generation"), at(live, "status", "observedGeneration")
    seen = generation is not None and isinstance(observed, str) and observed.isdecimal() and int(observed) >= generation
    found = text(live, "status", "phase")
    if not seen or found not in {entry.value for entry in Phase}:
        return Phase.PROGRESSING
    return Phase(found)


def details(live: Live) -> tuple[str, ...]:
    """Repeat the phase and the message of a Rollout; say nothing about any other object."""
    try:
        if not text(live, "apiVersion").startswith(GROUP) or text(live, "kind") != "Rollout":
            return ()
        stands = phase(live)
        message = one_line(text(live, "status", "message"))
    except Unreadable:
        return ()
    step = number(live, "status", "currentStepIndex")
    steps = at(live, "spec", "strategy", "canary", "steps")
    where = f", step {step} of {len(steps)}" if step is not None and isinstance(steps, list) else ""
    return (f"the rollout is {stands.value}{where}" + (f": {message}" if message else ""),)
