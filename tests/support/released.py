"""What a copy of the checkout has released, as its own golive says it."""

import json
import shutil
import subprocess
from typing import Any

from tests.support.checkouts import COMMAND, Copy, Run, own_code


def golive(checkout: Copy, *arguments: str, **variables: str) -> Run:
    """Run golive in the copy, with the copy's own code and ``variables``."""
    answer = subprocess.run(
        [*COMMAND, *arguments],
        cwd=checkout.folder,
        env=own_code(checkout, **variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=900,
        check=False,
    )
    return Run(answer.returncode, answer.stdout)


def rendered(checkout: Copy) -> dict[str, bytes]:
    """Every manifest of dev as the copy's program makes it, byte by byte."""
    folder = checkout.folder / "rendered"
    seen = golive(checkout, "render", "--stack", "dev", "--output", str(folder))
    assert seen.code == 0, seen.output
    found = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.yaml")}
    shutil.rmtree(folder)
    return found


def ledger(checkout: Copy, **variables: str) -> list[dict[str, Any]]:
    """The releases as the copy lists them, the newest first."""
    seen = golive(checkout, "releases", "--stack", "dev", "--format", "json", **variables)
    assert seen.code == 0, seen.output
    found: list[dict[str, Any]] = json.loads(seen.output[seen.output.index("\n[") :])
    return found
