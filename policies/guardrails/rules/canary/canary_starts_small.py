"""A canary begins with at most a tenth of the traffic.

Field: the first `setWeight` of `spec.strategy.canary.steps` of an Argo `Rollout` must be there and at most 10. Without
one the new version takes over all at once. Rollouts that run blue and green have no stages and are exempt.
"""

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.model.findings import Violations
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

MOST = 10
NO_STAGE = "has a canary without stages"
STEPS = ("spec", "strategy", "canary", "steps")


def check(rollout: Object) -> Violations:
    """Name a canary that begins too large."""
    if rollout.read("spec", "strategy", "canary") is None:
        return
    unknown = isinstance(rollout.read(*STEPS), Unknown)
    # In order, not by `items`: an unknown step that stands first decides.
    for step in rollout.at(*STEPS).elements():
        weight = step.read("setWeight")
        if isinstance(weight, Unknown):
            return
        if isinstance(weight, int | float) and not isinstance(weight, bool):
            if weight > MOST:
                yield step.fails(f"begins with {weight} percent of the traffic", "setWeight")
            return
    if not unknown and not (rollout.partial and rollout.at(*STEPS).plain is None):
        yield rollout.fails(NO_STAGE, *STEPS)


def _rollout(*steps: Plain) -> tuple[Resource, ...]:
    strategy: Plain = {"canary": {"steps": list(steps)}}
    return (declared("kubernetes:argoproj.io/v1alpha1:Rollout", "api", spec={"strategy": strategy}),)


def _strategy(**strategy: Plain) -> tuple[Resource, ...]:
    return (declared("kubernetes:argoproj.io/v1alpha1:Rollout", "api", spec={"strategy": strategy}),)


RULE = Rule(
    id="canary-starts-small",
    title="Canaries begin with at most 10 percent",
    why="The first stage is the one that meets the fault, and its weight is the share of users who do.",
    fix="Begin canary.stages with a weight of at most 10.",
    severity=Severity.HIGH,
    covers=("production:116", "signal-service-v2:100"),
    kinds=frozenset({"argoproj.io/Rollout"}),
    check=EachObject(check),
    allows={
        "a tenth": _rollout({"setWeight": 10}, {"pause": {"duration": "30m"}}, {"setWeight": 100}),
        "after another step": _rollout({"setCanaryScale": {"replicas": 1}}, {"setWeight": 5}),
        "blue and green": _strategy(blueGreen={"activeService": "api"}),
    },
    refuses={
        "half": bad_example(_rollout({"setWeight": 50}), "Rollout shop/api begins with 50 percent of the traffic"),
        "all at once": bad_example(
            _rollout({"setWeight": 100}), "Rollout shop/api begins with 100 percent of the traffic"
        ),
        "no steps": bad_example(_rollout(), f"Rollout shop/api {NO_STAGE}"),
        "no weight": bad_example(_rollout({"pause": {}}), f"Rollout shop/api {NO_STAGE}"),
        "an empty canary": bad_example(_strategy(canary={}), f"Rollout shop/api {NO_STAGE}"),
    },
)
