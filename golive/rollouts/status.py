"""Where one service's rollout stands, read from the cluster's objects. Plain data in, plain data out.

Healthy is what was asked for: the image of the stack file, seen by the controller, taken over by every pod. Whatever
can't be read is not healthy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from golive.rollouts.analysis_runs import BAD, Gate, failures, gates, newest, step
from golive.rollouts.fields import Json, at, listed, number, text
from settings.vocabulary import duration_seconds, is_duration

ALL = 100
ENVIRONMENT = "golive/environment"
INCONCLUSIVE = "InconclusiveAnalysisRun"
RUNNING = ("Pending", "Running")


class State(StrEnum):
    """What can be said of a rollout."""

    WAITING = "waiting"
    """The cluster has not begun, or can't be read: nothing is known yet."""
    MOVING = "moving"
    HEALTHY = "healthy"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The rollout that is watched, and what it is to end with."""

    namespace: str
    service: str
    image: str
    environment: str


@dataclass(frozen=True, kw_only=True)
class Sight:
    """Where a rollout stands."""

    service: str
    state: State
    says: str
    """In words: what it does, what it waits for, or why it failed."""
    stage: int = 0
    """The stage that it is in, from 1; 0 before the first."""
    stages: int = 0
    weight: int | None = None
    """Percent of the traffic, or of the pods without a mesh, that the new version is to have."""
    gates: tuple[Gate, ...] = ()
    left: int | None = None
    """Seconds until the stage may end; None where nobody can know."""


def see(wanted: Wanted, rollouts: Sequence[Json], runs: Sequence[Json], now: datetime) -> Sight:
    """Say where the rollout of one service stands."""
    rollout = _find(wanted, rollouts)
    if rollout is None:
        return _waits(wanted, f"there is no Rollout {wanted.service} in {wanted.namespace}")
    found = text(rollout, "metadata", "labels", ENVIRONMENT)
    if found != wanted.environment:
        words = f"the cluster runs {found or 'nobody knows which environment'}, and not {wanted.environment}"
        return Sight(service=wanted.service, state=State.FAILED, says=words)
    images = [text(each, "image") for each in listed(rollout, "spec", "template", "spec", "containers")]
    if wanted.image not in images:
        return _waits(wanted, f"the cluster was asked for {', '.join(images) or 'no image'}, not for {wanted.image}")
    generation = number(rollout, "metadata", "generation")
    if generation is None or number(rollout, "status", "observedGeneration") != generation:
        return _waits(wanted, "the controller has not seen it yet")
    version = text(rollout, "status", "currentPodHash")
    run = newest(runs, text(rollout, "metadata", "uid"), version)
    return _stands(wanted, rollout, run, now)


def _stands(wanted: Wanted, rollout: Json, run: Json | None, now: datetime) -> Sight:
    phase, service = text(rollout, "status", "phase"), wanted.service
    stages, position = _stages(rollout), number(rollout, "status", "currentStepIndex") or 0
    if phase == "Healthy":
        version = text(rollout, "status", "currentPodHash")
        if not version or text(rollout, "status", "stableRS") != version:
            return _waits(wanted, "the controller calls it healthy and names another stable version")
        total = len(stages)
        return Sight(service=service, state=State.HEALTHY, says="healthy", stage=total, stages=total, weight=ALL)
    failed = run is not None and text(run, "status", "phase") in BAD
    inconclusive = any(text(each, "reason") == INCONCLUSIVE for each in listed(rollout, "status", "pauseConditions"))
    if phase == "Degraded" or inconclusive:
        return _failed(wanted, rollout, run if failed else None, stages)
    if phase not in ("Progressing", "Paused"):
        return _waits(wanted, f"its status can't be read: phase {phase or 'is missing'}")
    active = run if run is not None and text(run, "status", "phase") in RUNNING else None
    return Sight(
        service=service,
        state=State.MOVING,
        says=text(rollout, "status", "message") or phase.lower(),
        stage=sum(1 for index, _ in stages if index <= position),
        stages=len(stages),
        weight=_weight(rollout, stages, position),
        gates=gates(active) if active else (),
        left=_left(rollout, position, active, now),
    )


def _failed(wanted: Wanted, rollout: Json, run: Json | None, stages: Sequence[tuple[int, int]]) -> Sight:
    position = step(run) if run else None
    where = next((weight for index, weight in reversed(stages) if position is not None and index <= position), None)
    reasons = "; ".join(failures(run)) if run else text(rollout, "status", "message") or "nobody says why"
    back = "; back to the stable version" if at(rollout, "status", "abort") is True else ""
    return Sight(
        service=wanted.service,
        state=State.FAILED,
        says=f"{reasons}{f', at {where} percent' if where is not None else ''}{back}",
        stage=sum(1 for index, _ in stages if position is not None and index <= position),
        stages=len(stages),
        weight=0 if back else None,
        gates=gates(run) if run else (),
    )


def _find(wanted: Wanted, rollouts: Sequence[Json]) -> Json | None:
    named = ((text(each, "metadata", "namespace"), text(each, "metadata", "name"), each) for each in rollouts)
    return next((each for space, name, each in named if (space, name) == (wanted.namespace, wanted.service)), None)


def _waits(wanted: Wanted, words: str) -> Sight:
    return Sight(service=wanted.service, state=State.WAITING, says=words)


def _stages(rollout: Json) -> list[tuple[int, int]]:
    """The canary's stages: the position of each step that shifts traffic, and its weight."""
    steps = listed(rollout, "spec", "strategy", "canary", "steps")
    weights = [(index, number(each, "setWeight")) for index, each in enumerate(steps)]
    return [(index, weight) for index, weight in weights if weight is not None]


def _weight(rollout: Json, stages: Sequence[tuple[int, int]], position: int) -> int | None:
    """What the mesh was told; else the weight of the stage, whose pods the controller brings up."""
    told = number(rollout, "status", "canary", "weights", "canary", "weight")
    if told is not None:
        return told
    if at(rollout, "spec", "strategy", "blueGreen") is not None:
        version = text(rollout, "status", "currentPodHash")
        return ALL if text(rollout, "status", "blueGreen", "activeSelector") == version else 0
    return next((weight for index, weight in reversed(stages) if index <= position), 0)


def _left(rollout: Json, position: int, run: Json | None, now: datetime) -> int | None:
    """Seconds until the soak may end: a pause by its clock, an analysis by its measurements."""
    if run is not None:
        told = {text(each, "name"): text(each, "value") for each in listed(run, "spec", "args")}
        window, interval, count = (told.get(name, "") for name in ("window", "interval", "count"))
        began = text(run, "status", "startedAt")
        if not began or not is_duration(window) or not is_duration(interval) or not count.isdecimal():
            return None
        return _until(began, duration_seconds(window) + duration_seconds(interval) * (int(count) - 1), now)
    steps = listed(rollout, "spec", "strategy", "canary", "steps")
    pause = at(steps[position], "pause") if position < len(steps) else None
    began = next((text(each, "startTime") for each in listed(rollout, "status", "pauseConditions")), "")
    soak = str(at(pause, "duration") or "")
    if not began or not is_duration(soak):
        return None
    return _until(began, duration_seconds(soak), now)


def _until(began: str, seconds: int, now: datetime) -> int | None:
    try:
        ends = datetime.fromisoformat(began) + timedelta(seconds=seconds)
    except ValueError:
        return None
    return max(0, round((ends - now).total_seconds())) if ends.tzinfo else None
