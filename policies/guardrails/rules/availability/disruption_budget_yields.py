"""A disruption budget lets a node be drained.

Fields: `spec.maxUnavailable` of a `PodDisruptionBudget` is neither 0 nor "0%", `spec.minAvailable` not "100%", and just
one of them is there: without either the budget allows nothing, and both together no cluster accepts. Each is a number,
or a percentage in quotes; a number in quotes is neither. A count is compared with the number of pods by
`disruption-budget-leaves-room`.
"""

import re

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.model.findings import Violations
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

ALL = 100
NEITHER = "allows no disruption: it has neither maxUnavailable nor minAvailable"
BOTH = "is accepted by no cluster: it has both maxUnavailable and minAvailable"
NONE = "allows no disruption: its maxUnavailable is 0"
EACH = "allows no disruption: its minAvailable is 100 percent"
_PERCENT = re.compile(r"([0-9]{1,6})%")


def check(budget: Object) -> Violations:
    """Name a budget that no drain could keep."""
    most, least = budget.read("spec", "maxUnavailable"), budget.read("spec", "minAvailable")
    if most is None and least is None and not budget.partial:
        yield budget.fails(NEITHER, "spec")
    if most is not None and least is not None and not isinstance(most, Unknown) and not isinstance(least, Unknown):
        yield budget.fails(BOTH, "spec")
    for field, value in (("maxUnavailable", most), ("minAvailable", least)):
        if value is not None and not isinstance(value, Unknown) and not _counts(value):
            yield budget.fails(f"has a {field} that is neither a number nor a percentage", "spec", field)
    if _counts(most) and (most == 0 or _percent(most) == 0):
        yield budget.fails(NONE, "spec", "maxUnavailable")
    if (_percent(least) or 0) >= ALL:
        yield budget.fails(EACH, "spec", "minAvailable")


def _counts(value: object) -> bool:
    return (isinstance(value, int) and not isinstance(value, bool) and value >= 0) or _percent(value) is not None


def _percent(value: object) -> int | None:
    match = _PERCENT.fullmatch(value) if isinstance(value, str) else None
    return int(match[1]) if match else None


def _budget(**spec: Plain) -> tuple[Resource, ...]:
    selector: Plain = {"matchLabels": {"app": "api"}}
    return (declared("kubernetes:policy/v1:PodDisruptionBudget", "api", spec={"selector": selector, **spec}),)


NO_NUMBER = "has a maxUnavailable that is neither a number nor a percentage"
BUDGET = "PodDisruptionBudget shop/api"

RULE = Rule(
    id="disruption-budget-yields",
    title="Disruption budgets let nodes be drained",
    why="A budget that allows nothing stops every upgrade of the cluster until somebody deletes it in a hurry.",
    fix="Set maxUnavailable to 1 or more; ServiceDeployment does.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:224", "production:50", "production:127"),
    kinds=frozenset({"policy/PodDisruptionBudget"}),
    check=EachObject(check),
    allows={
        "one at a time": _budget(maxUnavailable=1),
        "a share": _budget(maxUnavailable="25%"),
        "a share that stays": _budget(minAvailable="50%"),
        "none need stay": _budget(minAvailable=0),
    },
    refuses={
        "zero": bad_example(_budget(maxUnavailable=0), f"{BUDGET} {NONE}"),
        "zero percent": bad_example(_budget(maxUnavailable="0%"), f"{BUDGET} {NONE}"),
        "all stay": bad_example(_budget(minAvailable="100%"), f"{BUDGET} {EACH}"),
        "a number in quotes": bad_example(_budget(maxUnavailable="1"), f"{BUDGET} {NO_NUMBER}"),
        "zero in quotes": bad_example(_budget(maxUnavailable="0"), f"{BUDGET} {NO_NUMBER}"),
        "below zero": bad_example(_budget(maxUnavailable=-1), f"{BUDGET} {NO_NUMBER}"),
        "a word": bad_example(
            _budget(minAvailable="most"), f"{BUDGET} has a minAvailable that is neither a number nor a percentage"
        ),
        "both": bad_example(_budget(maxUnavailable=1, minAvailable=1), f"{BUDGET} {BOTH}"),
        "neither": bad_example(_budget(), f"{BUDGET} {NEITHER}"),
        "null": bad_example(_budget(maxUnavailable=None), f"{BUDGET} {NEITHER}"),
    },
)
