"""A state file as it stands after a stack was deployed, made from the stack's own plan."""

import json
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.support.plan import Planned
from tests.support.shipped import planned

PROVIDER = "pulumi:providers:"
IDENTITY = "0a1b2c3d"
"""The id of every resource in the state; ids are opaque to the engine."""


def state(stack: str, kubeconfig: Path) -> str:
    """Write the state of a stack whose every resource exists as planned, in the cluster of a kubeconfig."""
    resources = list(_resources(stack))
    for each in resources:
        if each["type"] == f"{PROVIDER}kubernetes":
            each["inputs"].setdefault("kubeconfig", str(kubeconfig))
    return json.dumps({"version": 3, "deployment": {"manifest": _MANIFEST, "resources": resources}})


_MANIFEST = {"time": "2026-01-01T00:00:00Z", "magic": "", "version": ""}


def _resources(stack: str) -> Iterator[dict[str, Any]]:
    root = f"urn:pulumi:{stack}::golive::pulumi:pulumi:Stack::golive-{stack}"
    yield {"urn": root, "custom": False, "type": "pulumi:pulumi:Stack"}
    for resource in _dependencies_first(planned(stack)):
        yield _resource(stack, resource, root)


def _resource(stack: str, resource: Planned, root: str) -> dict[str, Any]:
    def urn(path: str) -> str:
        return f"urn:pulumi:{stack}::golive::{path}"

    custom = not resource.type.startswith("golive:")
    entry: dict[str, Any] = {
        "urn": urn(resource.path),
        "custom": custom,
        "type": resource.type,
        "parent": urn(resource.parent) if resource.parent else root,
        "inputs": resource.inputs,
        "outputs": resource.inputs if custom else resource.outputs,
        "dependencies": [urn(path) for path in resource.after],
    }
    if resource.type.startswith(PROVIDER):
        package = resource.type.removeprefix(PROVIDER)
        entry["inputs"] = {**resource.inputs, "version": version(f"pulumi-{package}")}
    if custom:
        entry["id"] = IDENTITY
        entry["retainOnDelete"] = resource.retain
    if resource.provider:
        entry["provider"] = f"{urn(resource.provider)}::{IDENTITY}"
    return entry


def _dependencies_first(resources: tuple[Planned, ...]) -> Iterator[Planned]:
    """Order resources so that each comes after its parent, its provider and what it waits for."""
    waiting = {resource.path: resource for resource in resources}
    while waiting:
        ready = [
            resource
            for resource in waiting.values()
            if not {resource.parent, resource.provider, *resource.after} & (waiting.keys() - {resource.path})
        ]
        assert ready, "the plan waits for itself"
        for resource in ready:
            yield waiting.pop(resource.path)
