"""The Kubernetes manifests that a stack would apply, one object a file, from the same program and no engine."""

import io
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from golive.planning.mock_engine import UNKNOWN, Planned

KUBERNETES = "kubernetes:"
MARK = ".rendered-by-golive"
"""The file that lists what a render wrote; a folder that holds nothing else is ours to replace."""


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
    _refuse_foreign(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as scratch:
        made, before = Path(scratch) / "made", Path(scratch) / "before"
        made.mkdir()
        written = []
        for manifest in rendered:
            path = made / manifest.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(manifest.text, encoding="utf-8")
            written.append(f"{manifest.path}\n")
        (made / MARK).write_text("".join(written), encoding="utf-8")
        if folder.exists():
            folder.rename(before)
        made.rename(folder)


def _refuse_foreign(folder: Path) -> None:
    """Raise unless ``folder`` is absent, empty, or holds only what its mark lists."""
    if folder.is_symlink():
        raise RenderError(f"{folder} is a symbolic link; name the folder itself. Nothing was written.")
    if folder.exists() and not folder.is_dir():
        raise RenderError(f"{folder} is a file; name a folder. Nothing was written.")
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}
    mark = folder / MARK
    ours = {MARK, *mark.read_text(encoding="utf-8").splitlines()} if mark.is_file() else set()
    if foreign := sorted(found - ours):
        raise RenderError(f"{folder} holds {foreign[0]}, which no render wrote; name another. Nothing was written.")


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
