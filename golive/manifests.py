"""The Kubernetes manifests that a stack would apply, one object a file, from the same program and no engine."""

import io
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from golive.planning import UNKNOWN, Planned

KUBERNETES = "kubernetes:"
MARK = ".rendered-by-golive"
"""A file that says the folder is ours to replace."""


class RenderError(Exception):
    """A sentence for the user: what can't be rendered, and what to do."""


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """One object as the API server would receive it."""

    path: str
    """``<namespace>/<kind>-<name>.yaml``; objects without a namespace lie under ``cluster/``."""
    text: str


def manifests(planned: Iterable[Planned]) -> tuple[Manifest, ...]:
    """Turn every planned Kubernetes object into a manifest, sorted by path.

    Raises ``RenderError`` when an object holds a value that only a deployment can know, or when two objects would share
    a file: a manifest with a hole would be worse than none.
    """
    found: dict[str, Manifest] = {}
    for resource in planned:
        if not resource.type.startswith(KUBERNETES):
            continue
        manifest = _manifest(resource)
        if manifest.path in found:
            raise RenderError(f"two objects are called {manifest.path}; rename one of them. Nothing was written.")
        found[manifest.path] = manifest
    return tuple(found[path] for path in sorted(found))


def write(rendered: Iterable[Manifest], folder: Path) -> None:
    """Write the manifests into ``folder``.

    The folder is replaced whole, so no manifest of an earlier run stays. Raises ``RenderError`` when it holds anything
    that an earlier run did not write.
    """
    if folder.exists() and not folder.is_dir():
        raise RenderError(f"{folder} is a file; name a folder. Nothing was written.")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise RenderError(f"{folder} is not empty and not from an earlier render; name another. Nothing was written.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as scratch:
        made = Path(scratch) / "made"
        made.mkdir()
        (made / MARK).write_text("golive render replaces this folder whole.\n")
        for manifest in rendered:
            path = made / manifest.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(manifest.text)
        if folder.exists():
            shutil.rmtree(folder)
        made.rename(folder)


def _manifest(resource: Planned) -> Manifest:
    unknown = next(_unknown_paths(resource.inputs, ""), None)
    if unknown is not None:
        raise RenderError(
            f"{resource.type} {resource.name!r}: {unknown} is known only after the deployment; "
            "put the value in the stack file to render this stack. Nothing was written."
        )
    metadata = resource.inputs["metadata"]
    folder = metadata.get("namespace", "cluster")
    path = f"{folder}/{str(resource.inputs['kind']).lower()}-{metadata['name']}.yaml"
    return Manifest(path=path, text=_yaml(resource.inputs))


def _yaml(value: Mapping[str, Any]) -> str:
    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = False
    writer.width = 4096
    stream = io.StringIO()
    writer.dump(dict(value), stream)
    return stream.getvalue()


def _unknown_paths(value: object, path: str) -> Iterator[str]:
    if value is UNKNOWN:
        yield path
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _unknown_paths(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _unknown_paths(item, f"{path}[{index}]")
