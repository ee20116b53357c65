"""Planned AWS resources, checked against the installed SDK's shapes and judged by the pack."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from guardrails.evaluation.evaluate import evaluate
from guardrails.model.resources import Resource
from guardrails.rules import RULES

from tests.support.plan import UNKNOWN, Planned, Program, Secret, as_resources, plan
from toolchain.plugins import values
from toolchain.plugins.aws import Aws

KEY = "arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"
DR_KEY = "arn:aws:kms:us-west-2:111122223333:key/9f8e7d6c-5b4a-3920-1807-f6e5d4c3b2a1"
TAGS = {
    "product": "platform",
    "owner": "platform-engineering",
    "environment": "prod",
    "data-class": "internal",
    "cost-centre": "platform",
}
"""Tags as the stack passes them to components."""


def misshapen(planned: Iterable[Planned]) -> list[str]:
    """List every input of an AWS resource that the installed SDK does not know, misses or types otherwise."""
    offline = Aws()
    return [
        f"{each.path}: {fault.path} {fault.reason}"
        for each in planned
        if each.type.startswith("aws:")
        for fault in offline.check.faults(_wire(each.inputs), offline.shape(each.type).inputs)
    ]


def refused(planned: Iterable[Planned], *, without: Sequence[str] = ()) -> dict[str, list[str]]:
    """Judge a plan by the whole pack, and give what each rule says; ``without`` names rules to leave out."""
    rules = [rule for rule in RULES if rule.id not in without]
    said: dict[str, list[str]] = {}
    for finding in evaluate(as_resources(planned), rules):
        said.setdefault(finding.rule, []).append(finding.says)
    return said


def spoilt(planned: Iterable[Planned], name: str, **changes: object) -> list[Resource]:
    """The plan with other inputs of the one resource of that name; None takes an input away."""
    spoiled: list[Planned] = []
    for each in planned:
        inputs = {**each.inputs, **changes} if each.name == name else each.inputs
        kept = {key: value for key, value in inputs.items() if value is not None}
        spoiled.append(replace(each, inputs=kept))
    assert any(each.name == name for each in spoiled), f"no resource {name!r}"
    return as_resources(spoiled)


def refusing(resources: Sequence[Resource]) -> set[str]:
    """The ids of the rules that refuse these resources."""
    return {finding.rule for finding in evaluate(resources, RULES)}


def plan_aws(program: Program) -> tuple[Planned, ...]:
    """Plan a program whose AWS resources all have the shape that the SDK asks for."""
    planned = plan(program)
    assert misshapen(planned) == []
    return planned


def _wire(value: Any) -> Any:  # noqa: ANN401  # plain JSON of any shape
    if value is UNKNOWN:
        return values.UNKNOWN
    if isinstance(value, Secret):
        return values.Secret(_wire(value.value))
    if isinstance(value, Mapping):
        return {key: _wire(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_wire(item) for item in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
