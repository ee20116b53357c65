"""The cluster of a stack as the verbs reach it: through the toolchain's kubectl, and never by an import."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from golive.releases.history import LedgerError

Object: TypeAlias = Mapping[str, Any]
"""One object of the cluster, as its API writes it."""


def listed(stack: str, kinds: Sequence[str], *options: str) -> tuple[Object, ...]:
    """List the objects of some kinds. Raises ``LedgerError``: what can't be listed must not count as absent."""
    answer = _kubectl(stack, "get", ",".join(kinds), "--output", "json", *options)
    try:
        return tuple({**each, "metadata": {**each["metadata"]}} for each in json.loads(answer)["items"])
    except (ValueError, TypeError, KeyError) as problem:
        raise LedgerError(f"the cluster's answer can't be read ({type(problem).__name__}: {problem})") from None


def delete(stack: str, namespace: str, kind: str, names: Sequence[str]) -> None:
    """Delete objects by name; one that is gone already is well. Raises ``LedgerError``."""
    _kubectl(stack, "delete", kind, *names, "--namespace", namespace, "--ignore-not-found", "--wait=false")


def texts(value: object) -> Iterator[str]:
    """Find every text in an object, keys left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)


def _kubectl(stack: str, *arguments: str) -> str:
    command = [sys.executable, "-m", "toolchain", "kubectl", "--stack", stack, "--", *arguments]
    answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603 - our own toolchain
    if answer.returncode != 0:
        raise LedgerError(f"what the cluster of {stack} has can't be known; the lines above say why")
    return answer.stdout
