"""A new version that makes no progress is taken back.

Field: `spec.progressDeadlineAbort` of an Argo `Rollout` must be true. Without it the controller only reports that the
deadline has passed, and the traffic stays where it is. `progressDeadlineSeconds` is 600 unless it is set.
"""

from guardrails.examples.kubernetes import declared, refusal
from guardrails.model.findings import Faults
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain
from guardrails.rule import EachObject, Rule, Severity

WRONG = "does not go back when a stage makes no progress: its progressDeadlineAbort is not true"


def check(rollout: Object) -> Faults:
    """Name a Rollout that would stay half way."""
    if rollout.lacks("spec", "progressDeadlineAbort", value=True):
        yield rollout.fails(WRONG, "spec", "progressDeadlineAbort")


def _rollout(**spec: Plain) -> tuple[Resource, ...]:
    return (declared("kubernetes:argoproj.io/v1alpha1:Rollout", "api", spec=spec),)


STAYS = f"Rollout shop/api {WRONG}"

RULE = Rule(
    id="rollout-aborts",
    title="Rollouts go back when they make no progress",
    why="A version that can't start would keep its share of the traffic until somebody looks.",
    fix="Set spec.progressDeadlineAbort to true, as CanaryStages does.",
    severity=Severity.HIGH,
    covers=("production:44", "go-live-readiness:124"),
    kinds=frozenset({"argoproj.io/Rollout"}),
    check=EachObject(check),
    allows={
        "true": _rollout(progressDeadlineAbort=True),
        "with its own deadline": _rollout(progressDeadlineAbort=True, progressDeadlineSeconds=300),
    },
    refuses={
        "missing": refusal(_rollout(), STAYS),
        "false": refusal(_rollout(progressDeadlineAbort=False), STAYS),
        "null": refusal(_rollout(progressDeadlineAbort=None), STAYS),
        "a word": refusal(_rollout(progressDeadlineAbort="true"), STAYS),
    },
)
