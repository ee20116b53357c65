"""The plan of a stack as another git revision has it: its program and its stack file, planned apart from ours."""

import io
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any, Final

from golive.planning.mock_engine import UNKNOWN, Planned

LIMIT_SECONDS: Final = 120
"""How long planning may take; it takes a few seconds."""
LATER: Final = {"$unknown": True}

_DUMP: Final = """
import json, sys
from datetime import datetime
from inspect import signature
from pathlib import Path
from golive.planning.mock_engine import UNKNOWN, Secret, plan
from settings.load import read
from stack.build import build

def shown(value):
    if value is UNKNOWN or isinstance(value, Secret):
        return {"$unknown": True}
    raise TypeError(type(value).__name__)

settings = read(Path(sys.argv[1]))
time = {"at": datetime.max} if "at" in signature(build).parameters else {}
planned = plan(lambda: build(settings, **time), stack_name=sys.argv[2])
fields = ("type", "name", "path", "parent", "provider", "after", "inputs")
json.dump([{field: getattr(each, field) for field in fields} for each in planned], sys.stdout, default=shown)
"""


class RevisionError(Exception):
    """A revision that can't be planned; the message says why and what to do."""


def plan_of(revision: str, stack: str, checkout: Path) -> tuple[Planned, ...]:
    """Plan a stack as ``revision`` has it, in a folder and a process of its own.

    Raises ``RevisionError`` if git does not know the revision, or if its program can't be planned with the packages
    that are installed.
    """
    with tempfile.TemporaryDirectory(prefix="golive-cost-") as folder:
        _extract(revision, checkout, Path(folder))
        return _planned(revision, stack, Path(folder))


def _extract(revision: str, checkout: Path, folder: Path) -> None:
    known = _git(checkout, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if known.returncode != 0:
        if _git(checkout, "rev-parse", "--git-dir").returncode != 0:
            raise RevisionError(
                "this is no git repository, so there is no revision to compare with. Clone it with git."
            )
        raise RevisionError(f"git knows no revision {revision!r}. Name a commit, a branch or a tag, such as HEAD~1.")
    archive = _git(checkout, "archive", "--format=tar", known.stdout.decode().strip())
    if archive.returncode != 0:
        raise RevisionError(f"git can't read the revision {revision!r}: {_last(archive.stderr)}")
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
        files.extractall(folder, filter="data")


def _git(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["git", *arguments], cwd=checkout, capture_output=True, check=False)  # noqa: S603, S607
    except OSError as problem:
        raise RevisionError(f"git can't be run: {problem.strerror}. Install git.") from None


def _planned(revision: str, stack: str, folder: Path) -> tuple[Planned, ...]:
    file = f"Pulumi.{stack}.yaml"
    if not (folder / file).is_file():
        raise RevisionError(f"the revision {revision!r} has no {file}. Name one that has.")
    paths = [str(folder), str(folder / "policies")]
    start = f"import sys; sys.path[:0] = {paths!r}\n{_DUMP}"
    try:
        answer = subprocess.run(  # noqa: S603 - our own interpreter, and the program that the user asked for
            [sys.executable, "-W", "ignore", "-c", start, file, stack],
            cwd=folder,
            capture_output=True,
            timeout=LIMIT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise RevisionError(f"planning {revision!r} took longer than {LIMIT_SECONDS} seconds.") from None
    if answer.returncode != 0:
        raise RevisionError(f"the program of {revision!r} can't be planned here: {_last(answer.stderr)}")
    return tuple(_read(each) for each in json.loads(answer.stdout))


def _last(text: bytes) -> str:
    """The last line of what a program complained of."""
    lines = text.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it says nothing"


def _read(record: dict[str, Any]) -> Planned:
    record["after"] = tuple(record["after"])
    record["inputs"] = _known(record["inputs"])
    return Planned(**record)


def _known(value: Any) -> Any:  # noqa: ANN401 - plain JSON of any shape
    if value == LATER:
        return UNKNOWN
    if isinstance(value, dict):
        return {key: _known(item) for key, item in value.items()}
    return [_known(item) for item in value] if isinstance(value, list) else value
