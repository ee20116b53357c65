"""A Rollout has exactly one strategy.

Field: `spec.strategy` of an Argo `Rollout` must hold `canary` or `blueGreen`, not both and not neither. An empty one
counts: it is chosen, and what is missing in it is the matter of other rules.
"""

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.model.findings import Violations
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

STRATEGIES = ("canary", "blueGreen")
NEITHER = "has no strategy"
BOTH = "has two strategies"


def check(rollout: Object) -> Violations:
    """Name a Rollout whose strategy is not one."""
    there = [rollout.read("spec", "strategy", strategy) for strategy in STRATEGIES]
    chosen = [value for value in there if value is not None]
    if any(isinstance(value, Unknown) for value in there):
        return
    if len(chosen) > 1:
        yield rollout.fails(BOTH, "spec", "strategy")
    elif not chosen and not rollout.partial:
        yield rollout.fails(NEITHER, "spec", "strategy")


def _rollout(strategy: Plain) -> tuple[Resource, ...]:
    return (declared("kubernetes:argoproj.io/v1alpha1:Rollout", "api", spec={"strategy": strategy}),)


RULE = Rule(
    id="rollout-one-strategy",
    title="Rollouts have exactly one strategy",
    why="The controller refuses a Rollout with two strategies or none, and the old version stays without a word.",
    fix="Keep one of strategy.canary and strategy.blueGreen; CanaryStages writes the canary.",
    severity=Severity.HIGH,
    covers=("production:116", "signal-service-v2:85", "go-live-readiness:124"),
    kinds=frozenset({"argoproj.io/Rollout"}),
    check=EachObject(check),
    allows={
        "canary": _rollout({"canary": {"steps": [{"setWeight": 10}]}}),
        "blue and green": _rollout({"blueGreen": {"activeService": "api"}}),
        "an empty canary": _rollout({"canary": {}}),
    },
    refuses={
        "none": bad_example(_rollout(None), f"Rollout shop/api {NEITHER}"),
        "empty": bad_example(_rollout({}), f"Rollout shop/api {NEITHER}"),
        "null": bad_example(_rollout({"canary": None}), f"Rollout shop/api {NEITHER}"),
        "both": bad_example(_rollout({"canary": {}, "blueGreen": {}}), f"Rollout shop/api {BOTH}"),
    },
)
