"""An autoscaler has room to move.

Fields of a `HorizontalPodAutoscaler`: `spec.maxReplicas` is a whole number above zero, and not below
`spec.minReplicas`, which is 1 unless it is set. Both may be the same, as when somebody pins the size for a while, but
one pod at most is no range.
"""

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.model.findings import Violations
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

NONE = "has no maxReplicas above zero"
ALONE = "never scales: its maxReplicas is 1"
INVERTED = "has a maxReplicas below its minReplicas"


def check(scaler: Object) -> Violations:
    """Name each autoscaler whose range is none."""
    most, least = scaler.read("spec", "maxReplicas"), scaler.read("spec", "minReplicas")
    if isinstance(most, Unknown) or (most is None and scaler.partial):
        return
    if not isinstance(most, int) or isinstance(most, bool) or most < 1:
        yield scaler.fails(NONE, "spec", "maxReplicas")
    elif isinstance(least, int) and most < least:
        yield scaler.fails(INVERTED, "spec", "maxReplicas")
    elif most == 1 and not isinstance(least, Unknown):
        yield scaler.fails(ALONE, "spec", "maxReplicas")


def _scaler(**spec: Plain) -> tuple[Resource, ...]:
    return (declared("kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "api", spec=spec),)


SCALER = "HorizontalPodAutoscaler shop/api"

RULE = Rule(
    id="autoscaler-range",
    title="Autoscalers have a range",
    why="The API server refuses such an autoscaler, or it scales nothing, and the load meets what it met before.",
    fix="Set replicas.min and a replicas.max that is not below it in capacity.<service>.",
    severity=Severity.MEDIUM,
    covers=("go-live-readiness:150", "optibid:70"),
    kinds=frozenset({"autoscaling/HorizontalPodAutoscaler"}),
    check=EachObject(check),
    allows={
        "a range": _scaler(minReplicas=2, maxReplicas=6),
        "one size": _scaler(minReplicas=3, maxReplicas=3),
        "no minimum": _scaler(maxReplicas=6),
    },
    refuses={
        "inverted": bad_example(_scaler(minReplicas=6, maxReplicas=2), f"{SCALER} {INVERTED}"),
        "no maximum": bad_example(_scaler(minReplicas=2), f"{SCALER} {NONE}"),
        "zero": bad_example(_scaler(maxReplicas=0), f"{SCALER} {NONE}"),
        "one pod": bad_example(_scaler(minReplicas=1, maxReplicas=1), f"{SCALER} {ALONE}"),
        "no number": bad_example(_scaler(maxReplicas="6"), f"{SCALER} {NONE}"),
    },
)
