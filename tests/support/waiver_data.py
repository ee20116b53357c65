"""A sound waiver and a day, to be spoilt in one place, and the findings of a trial under them."""

from datetime import date
from typing import Any

from guardrails.evaluation.session import EvaluationSession
from guardrails.exceptions.enforcement import EnforcedFinding, Enforcement
from guardrails.model.resources import Resource
from guardrails.model.values import Plain
from guardrails.rules import RULES

TODAY = date(2031, 3, 1)
FILE = "Pulumi.prod.yaml"
RULE = "image-tag-pinned"
FEW = tuple(rule for rule in RULES if rule.id in {RULE, "limits", "requests", "probes"})
"""The rules that a trial asks unless a test says otherwise, so that each breach is one the test made."""


def a_waiver(**changes: Plain) -> dict[str, Plain]:
    """A waiver that holds on ``TODAY``. A change replaces a field; None takes it away."""
    sound: dict[str, Plain] = {
        "rule": RULE,
        "resource": "Deployment/shop/marketplace",
        "owner": "market",
        "reason": "The release of v2 waits for its audit.",
        "ticket": "OPS-12",
        "expires": "2031-03-31",
    }
    return {field: value for field, value in {**sound, **changes}.items() if value is not None}


def enforcing(said: Plain, stack: str = "prod", today: date = TODAY) -> Enforcement:
    """What a stack's file comes to."""
    return Enforcement.read(said, today=today, stack=stack, source=f"Pulumi.{stack}.yaml")


def complaints(said: Plain, stack: str = "prod", today: date = TODAY) -> list[str]:
    """What is wrong with it, without the file's name."""
    return [fault.says.removeprefix(f"Pulumi.{stack}.yaml: ") for fault in enforcing(said, stack, today).faults]


def tried(enforcement: Enforcement, *resources: Resource, **settings: Any) -> list[EnforcedFinding]:  # noqa: ANN401 - Trial's own
    """Every finding of a trial of these resources."""
    trial = EvaluationSession(enforcement, settings.pop("rules", FEW))
    for position, each in enumerate(resources):
        trial.evaluate_resource(each.urn or str(position), lambda each=each: each)  # type: ignore[misc]  # the loop's own value
    trial.evaluate_stack(**settings)
    return trial.findings
