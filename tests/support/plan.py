"""The one harness: plan a program without an engine, and find resources by type, name or path."""

from collections.abc import Iterable, Mapping
from typing import Any

from guardrails.model.resources import Resource
from guardrails.model.values import WireMarkers

from golive.planning.mock_engine import UNKNOWN, Planned, PlanningError, Program, Secret, plan

__all__ = [
    "LABELS",
    "UNKNOWN",
    "Planned",
    "PlanningError",
    "Program",
    "Secret",
    "as_resources",
    "named",
    "paths",
    "plan",
    "spec",
]

LABELS: Mapping[str, str] = {
    "app.kubernetes.io/part-of": "optibid",
    "app.kubernetes.io/managed-by": "pulumi",
    "golive/owner": "platform-engineering",
    "golive/environment": "prod",
}
"""Labels as the stack passes them to components."""


def paths(planned: Iterable[Planned]) -> list[str]:
    """List the paths of a plan, which are sorted."""
    return [resource.path for resource in planned]


SENTINEL = "what only a deployment can know"


def as_resources(planned: Iterable[Planned]) -> list[Resource]:
    """Hand a plan to the rules as an engine would, with what is unknown marked as known only after deployment."""
    signs = WireMarkers(sentinels=(SENTINEL,), secret_types=(Secret,))
    return [Resource.read(each.type, each.name, _marked(each.inputs), each.path, signs) for each in planned]


def _marked(value: Any) -> Any:  # noqa: ANN401  # plain JSON of any shape
    if value is UNKNOWN:
        return SENTINEL
    if isinstance(value, Mapping):
        return {key: _marked(item) for key, item in value.items()}
    return [_marked(item) for item in value] if isinstance(value, list) else value


def named(planned: Iterable[Planned], name: str, kind: str = "") -> Planned:
    """Find the one resource with a logical name and, where several share it, the end of its type."""
    found = [resource for resource in planned if resource.name == name and resource.type.endswith(kind)]
    assert len(found) == 1, f"expected one resource {name!r} of kind {kind!r}, found {paths(found)} in {paths(planned)}"
    return found[0]


def spec(planned: Iterable[Planned], name: str, kind: str = "") -> Any:  # noqa: ANN401  # plain JSON of any shape
    """Give the ``spec`` of the one resource with a logical name."""
    return named(planned, name, kind).inputs["spec"]
