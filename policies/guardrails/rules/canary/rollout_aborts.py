"""A new version that makes no progress is taken back.

Field: `spec.progressDeadlineAbort` of an Argo `Rollout` must be true. Without it the controller only reports that the
deadline has passed, and the traffic stays where it is. `progressDeadlineSeconds` is 600 unless it is set.
"""

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.model.findings import Violations
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain
from guardrails.rule import EachObject, Rule, Severity

PROBLEM = "does not go back when a stage makes no progress: its progressDeadlineAbort is not true"


def check(rollout: Object) -> Violations:
    """Name a Rollout that would stay half way."""
    if rollout.is_not("spec", "progressDeadlineAbort", value=True):
        yield rollout.fails(PROBLEM, "spec", "progressDeadlineAbort")


def _rollout(**spec: Plain) -> tuple[Resource, ...]:
    return (declared("kubernetes:argoproj.io/v1alpha1:Rollout", "api", spec=spec),)


STAYS = f"Rollout shop/api {PROBLEM}"

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
        "missing": bad_example(_rollout(), STAYS),
        "false": bad_example(_rollout(progressDeadlineAbort=False), STAYS),
        "null": bad_example(_rollout(progressDeadlineAbort=None), STAYS),
        "a word": bad_example(_rollout(progressDeadlineAbort="true"), STAYS),
    },
)
