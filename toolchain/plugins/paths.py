"""Where a property is, in the words that Pulumi uses: ``spec.containers[0].env``."""

import re
from typing import TypeAlias

from toolchain.plugins.values import Secret, Value

Path: TypeAlias = tuple[str | int, ...]
"""Keys and list indexes from the resource down to a property."""

PLAIN = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
STEP = re.compile(r"\.?([^.\[\]\"]+)|\[(\d+)\]|\[(\*)\]|\[\"((?:[^\"\\]|\\.)*)\"\]")


def show(path: Path) -> str:
    """Write ``path`` as Pulumi does; a key with dots or slashes stands in brackets and quotes."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif PLAIN.fullmatch(step):
            text += f".{step}" if text else step
        else:
            quoted = step.replace("\\", "\\\\").replace('"', '\\"')
            text += f'["{quoted}"]'
    return text


def parse(text: str) -> Path:
    """Read a path as Pulumi writes it; ``*`` stands for any key or index."""
    steps: list[str | int] = []
    for match in STEP.finditer(text):
        name, index, star, quoted = match.groups()
        if index is not None:
            steps.append(int(index))
        elif quoted is not None:
            steps.append(re.sub(r"\\(.)", r"\1", quoted))
        else:
            steps.append(star or name)
    return tuple(steps)


def covers(pattern: Path, path: Path) -> bool:
    """Say whether ``path`` is at or below ``pattern``."""
    return len(pattern) <= len(path) and agree(pattern, path)


def agree(pattern: Path, path: Path) -> bool:
    """Say whether both go the same way as far as the shorter one goes."""
    return all(step in ("*", found) for step, found in zip(pattern, path, strict=False))


def below(value: Value, pattern: Path) -> list[Value]:
    """Return what ``value`` holds at ``pattern``: nothing, one value, or several under a ``*``."""
    if isinstance(value, Secret):
        return below(value.value, pattern)
    if not pattern:
        return [value]
    step, rest = pattern[0], pattern[1:]
    if step == "*":
        children = list(value) if isinstance(value, list) else []
        children += list(value.values()) if isinstance(value, dict) else []
        return [found for child in children for found in below(child, rest)]
    if isinstance(value, dict) and isinstance(step, str) and step in value:
        return below(value[step], rest)
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return below(value[step], rest)
    return []
