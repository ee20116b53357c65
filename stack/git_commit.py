"""Which program built a stack, for whoever reads its outputs; the engine's history keeps the same of each run."""

import subprocess
from pathlib import Path

UNKNOWN = "unknown"


def commit(folder: Path) -> str:
    """Name the commit of the checkout in ``folder``, with + where files differ from it, as ``golive releases`` does.

    ``unknown`` where git is missing, or knows no commit there.
    """
    head = _git(folder, "rev-parse", "--verify", "HEAD")
    if not head:
        return UNKNOWN
    return f"{head}{'' if _git(folder, 'status', '--porcelain') == '' else '+'}"


def _git(folder: Path, *asked: str) -> str | None:
    """What git says; ``None`` where it can't."""
    command = ["git", "-C", str(folder), *asked]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - git as on PATH
    except OSError:
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None
