"""AnalysisRuns read for people: what each gate measured, and in which words one failed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from golive.rollouts.fields import Json, listed, text

HASH, STEP = "rollouts-pod-template-hash", "step-index"
BAD = ("Failed", "Error", "Inconclusive")
_BOUND = re.compile(r"result\[0\] ([<>]=? \S+)$")


@dataclass(frozen=True)
class Gate:
    """One metric of an analysis."""

    name: str
    phase: str
    """The controller's word for it: Pending, Running, Successful, Failed, Error, Inconclusive."""
    value: str
    """What was measured last, as text; empty where nothing was."""
    bound: str
    """What it must be: ``< 0.01``; empty where the condition is somebody else's."""
    message: str
    measured: int
    """How many measurements counted."""
    wanted: int
    """How many have to."""

    @property
    def words(self) -> str:
        """Why it does not let the version through."""
        must = f", and has to be {self.bound}" if self.bound else ""
        if self.phase == "Error":
            return f"{self.name} could not be measured ({self.message or 'nobody says why'})"
        if not self.bound and not self.value:
            return f"{self.name} failed{f' ({self.message})' if self.message else ''}"
        if self.value in ("", "[]"):
            return f"{self.name} had no data{must}"
        if "NaN" in self.value:
            return f"{self.name} had no data (not a number){must}"
        if self.phase == "Inconclusive":
            return f"{self.name} was inconclusive ({self.shown})"
        return f"{self.name} was {self.shown}{must}"

    @property
    def shown(self) -> str:
        """The last value, short."""
        value = self.value.strip("[]")
        try:
            return f"{float(value):.4g}"
        except ValueError:
            return value or "no data"


def newest(runs: Sequence[Json], owner: str, version: str) -> Json | None:
    """Find the newest run of one version of a Rollout; ``owner`` is the Rollout's uid."""
    own = [each for each in runs if _owned(each, owner) and text(each, "metadata", "labels", HASH) == version]
    return max(own, key=lambda each: text(each, "metadata", "creationTimestamp"), default=None)


def gates(run: Json) -> tuple[Gate, ...]:
    """Give every metric of a run, in the order of its template, those included that were not measured yet."""
    results = {str(each.get("name")): each for each in listed(run, "status", "metricResults")}
    told = {str(each.get("name")): str(each.get("value")) for each in listed(run, "spec", "args")}
    return tuple(_gate(metric, results.get(str(metric.get("name"))), told) for metric in listed(run, "spec", "metrics"))


def failures(run: Json) -> tuple[str, ...]:
    """Say why a run failed, one reason each; what the controller says where no gate is to blame."""
    found = tuple(gate.words for gate in gates(run) if gate.phase in BAD)
    return found or (text(run, "status", "message") or f"the analysis ended as {text(run, 'status', 'phase')}",)


def step(run: Json) -> int | None:
    """The position of the canary's step that the run belongs to."""
    position = text(run, "metadata", "labels", STEP)
    return int(position) if position.isdecimal() else None


def _gate(metric: Json, result: Json | None, told: Mapping[str, str]) -> Gate:
    bound = _BOUND.search(str(metric.get("successCondition", "")))
    measurements = list(_measurements(result))
    last = measurements[-1] if measurements else {}
    wanted = re.sub(r"\{\{args\.(\w+)\}\}", lambda match: told.get(match[1], ""), str(metric.get("count", 1)))
    return Gate(
        name=str(metric.get("name")),
        phase=str((result or {}).get("phase") or "Pending"),
        value=str(last.get("value", "")),
        bound=bound[1] if bound else "",
        message=str((result or {}).get("message") or last.get("message") or ""),
        measured=int((result or {}).get("count") or 0),
        wanted=int(wanted) if wanted.isdecimal() else 1,
    )


def _measurements(result: Json | None) -> Iterator[Json]:
    yield from listed(result or {}, "measurements")


def _owned(run: Json, owner: str) -> bool:
    return any(each.get("uid") == owner for each in listed(run, "metadata", "ownerReferences"))
