"""The one harness: plan a program without an engine, and find resources by type, name or path."""

from collections.abc import Iterable, Mapping
from typing import Any

from golive.planning import UNKNOWN, Planned, PlanningError, Program, Secret, plan

__all__ = ["LABELS", "UNKNOWN", "Planned", "PlanningError", "Program", "Secret", "named", "paths", "plan", "spec"]

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


def named(planned: Iterable[Planned], name: str, kind: str = "") -> Planned:
    """Find the one resource with a logical name and, where several share it, the end of its type."""
    found = [resource for resource in planned if resource.name == name and resource.type.endswith(kind)]
    assert len(found) == 1, f"expected one resource {name!r} of kind {kind!r}, found {paths(found)} in {paths(planned)}"
    return found[0]


def spec(planned: Iterable[Planned], name: str, kind: str = "") -> Any:  # noqa: ANN401  # plain JSON of any shape
    """Give the ``spec`` of the one resource with a logical name."""
    return named(planned, name, kind).inputs["spec"]
