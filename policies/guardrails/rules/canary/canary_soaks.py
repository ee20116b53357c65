"""Each stage of a canary is watched before the next.

Field: in `spec.strategy.canary.steps` of an Argo `Rollout`, every `setWeight` below 100 is followed by a `pause` or an
`analysis` before the next `setWeight` and before the end. A pause lasts longer than zero: a number of seconds, or a
duration such as "30m". A pause without `duration` waits for a person, which is longer still. An inline analysis that
names a template holds the rollout until it has measured, and stops it when it fails; how long it measures is the
template's matter, see `analysis-decides`. After a weight of 0 there is nothing to watch.
"""

import re
from collections.abc import Sequence

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

ALL = 100
STEPS = ("spec", "strategy", "canary", "steps")
_DURATION = re.compile(r"\+?(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+|[0-9]+")


def check(rollout: Object) -> Violations:
    """Name each stage that the next one follows at once."""
    steps = rollout.at(*STEPS).elements()
    for _ in rollout.items(*STEPS):
        pass  # what is unknown, or no list, goes on record
    for i, step in enumerate(steps):
        weight = step.read("setWeight")
        if isinstance(weight, int | float) and not isinstance(weight, bool) and 0 < weight < ALL:
            following = _until_the_next(steps[i + 1 :])
            if not any([_soaks(each) for each in following]):  # noqa: C419 - all are to be noted
                yield step.fails(f"does not soak at {weight} percent", "setWeight")


def _until_the_next(steps: Sequence[Node]) -> list[Node]:
    following: list[Node] = []
    for step in steps:
        if step.peek("setWeight") is not None and not isinstance(step.plain, Unknown):
            break
        following.append(step)
    return following


def _soaks(step: Node) -> bool:
    """It is a pause that takes time or an analysis, or may be one and is on record."""
    if isinstance(step.plain, Unknown) or isinstance(step.read("pause"), Unknown):
        return True
    templates = step.at("analysis", "templates")
    if templates.elements() or isinstance(templates.record_unknown(), Unknown):
        return True
    pause = step.at("pause")
    if not isinstance(pause.plain, dict):
        return False
    duration = pause.read("duration")
    if isinstance(duration, str):
        return _DURATION.fullmatch(duration) is not None and any(digit in duration for digit in "123456789")
    if isinstance(duration, int | float) and not isinstance(duration, bool):
        return duration > 0
    return duration is None or isinstance(duration, Unknown)


def _rollout(*steps: Plain) -> tuple[Resource, ...]:
    strategy: Plain = {"canary": {"steps": list(steps)}}
    return (declared("kubernetes:argoproj.io/v1alpha1:Rollout", "api", spec={"strategy": strategy}),)


FIRST: Plain = {"setWeight": 10}
SECOND: Plain = {"setWeight": 50}
LAST: Plain = {"setWeight": 100}
SOAK: Plain = {"pause": {"duration": "30m"}}
HASTY = "Rollout shop/api does not soak at 10 percent"

RULE = Rule(
    id="canary-soaks",
    title="Canary stages soak before the next",
    why="A stage that nobody watches protects nobody: faults show after minutes, not at once.",
    fix="Give every stage in canary.stages but the last a soak, for example 30m.",
    severity=Severity.HIGH,
    covers=("production:117", "production:119", "signal-service-v2:105", "signal-service-v2:116"),
    kinds=frozenset({"argoproj.io/Rollout"}),
    check=EachObject(check),
    allows={
        "each soaks": _rollout(FIRST, SOAK, SECOND, SOAK, LAST),
        "in seconds": _rollout(FIRST, {"pause": {"duration": 1800}}, LAST),
        "in hours and minutes": _rollout(FIRST, {"pause": {"duration": "1h30m"}}, LAST),
        "until a person says so": _rollout(FIRST, {"pause": {}}, LAST),
        "after another step": _rollout(FIRST, {"analysis": {"templates": []}}, SOAK, LAST),
        "until an analysis has passed": _rollout(
            FIRST, {"analysis": {"templates": [{"templateName": "errors"}]}}, SECOND, SOAK, LAST
        ),
        "before the end": _rollout(FIRST, SOAK),
    },
    refuses={
        "no pause": bad_example(_rollout(FIRST, LAST), HASTY),
        "no pause before the end": bad_example(_rollout(FIRST), HASTY),
        "a pause of nothing": bad_example(_rollout(FIRST, {"pause": {"duration": 0}}, LAST), HASTY),
        "zero minutes": bad_example(_rollout(FIRST, {"pause": {"duration": "0m"}}, LAST), HASTY),
        "no duration": bad_example(_rollout(FIRST, {"pause": {"duration": "soon"}}, LAST), HASTY),
        "an analysis of nothing": bad_example(_rollout(FIRST, {"analysis": {"templates": []}}, LAST), HASTY),
        "null": bad_example(_rollout(FIRST, {"pause": None}, LAST), HASTY),
        "too late": bad_example(_rollout(FIRST, SECOND, SOAK, LAST), HASTY),
    },
)
