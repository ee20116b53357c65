"""Each stage of a canary takes more traffic than the one before, and the last one takes all.

Field: the `setWeight` steps of `spec.strategy.canary.steps` of an Argo `Rollout`: whole numbers from 0 to 100, each
above the one before. No step need say 100: the controller goes there after the last one. Steps of other kinds are not
looked at. A weight that is not known is undecidable, and the next one is compared with the last known one.
"""

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.model.findings import Violations
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

ALL = 100
NUMBER = "has a stage whose weight is not a whole number from 0 to 100"


def check(rollout: Object) -> Violations:
    """Name each stage that does not rise."""
    last: int | None = None
    for step in rollout.items("spec", "strategy", "canary", "steps"):
        weight = step.read("setWeight")
        if weight is None or isinstance(weight, Unknown):
            continue
        if not isinstance(weight, int) or isinstance(weight, bool) or not 0 <= weight <= ALL:
            yield step.fails(NUMBER, "setWeight")
            continue
        if last is not None and weight <= last:
            yield step.fails(f"goes from {last} to {weight} percent", "setWeight")
        last = weight


def _rollout(*weights: Plain) -> tuple[Resource, ...]:
    soak: Plain = {"pause": {"duration": "30m"}}
    stages: list[list[Plain]] = [[{"setWeight": weight}, soak] for weight in weights]
    strategy: Plain = {"canary": {"steps": [step for stage in stages for step in stage]}}
    return (declared("kubernetes:argoproj.io/v1alpha1:Rollout", "api", spec={"strategy": strategy}),)


RULE = Rule(
    id="canary-weights-rise",
    title="Canary stages rise to 100 percent",
    why="A stage that takes traffic back, or takes no more, watches nothing new and hides a mistake in the plan.",
    fix="Give canary.stages weights that rise to 100, for example 10, 50 and 100.",
    severity=Severity.HIGH,
    covers=(
        "production:116",
        "production:118",
        "production:120",
        "signal-service-v2:100",
        "signal-service-v2:111",
        "signal-service-v2:118",
    ),
    kinds=frozenset({"argoproj.io/Rollout"}),
    check=EachObject(check),
    allows={
        "rising": _rollout(10, 50, 100),
        "to 100 of its own accord": _rollout(10, 50),
        "from nothing": _rollout(0, 10),
        "without stages": _rollout(),
    },
    refuses={
        "falling": bad_example(_rollout(50, 10), "Rollout shop/api goes from 50 to 10 percent"),
        "the same twice": bad_example(_rollout(10, 10, 100), "Rollout shop/api goes from 10 to 10 percent"),
        "after the end": bad_example(_rollout(100, 50), "Rollout shop/api goes from 100 to 50 percent"),
        "more than all": bad_example(_rollout(10, 101), f"Rollout shop/api {NUMBER}"),
        "no number": bad_example(_rollout("10%"), f"Rollout shop/api {NUMBER}"),
        "a fraction": bad_example(_rollout(12.5), f"Rollout shop/api {NUMBER}"),
    },
)
