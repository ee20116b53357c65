"""The engine as the verbs reach it: through the toolchain's command, as make does, and never by an import.

The toolchain knows which engine, which state and which cluster; here is only what to ask for.
"""

import subprocess
import sys
from pathlib import Path

from golive.releases.history import LedgerError, Release, read

_COMMAND = (sys.executable, "-m", "toolchain")


def history(stack: str) -> tuple[Release, ...]:
    """Ask for everything that was ever done to ``stack``, the oldest first. Raises ``LedgerError``."""
    _in_checkout()
    command = [*_COMMAND, "history", "--stack", stack]
    answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603 - our own toolchain
    if answer.returncode != 0:
        raise LedgerError(f"what was deployed to {stack} can't be known; the lines above say why")
    return read(answer.stdout, stack)


def deploy(stack: str, note: str, *, yes: bool) -> int:
    """Deploy ``stack`` as ``make up`` does, under the guardrails; return the exit code. The history keeps ``note``."""
    _in_checkout()
    command = [*_COMMAND, "up", "--stack", stack, "--note", note, *(["--yes"] if yes else [])]
    with subprocess.Popen(command) as engine:  # noqa: S603 - our own toolchain
        while True:
            try:
                return engine.wait()
            except KeyboardInterrupt:
                continue  # The engine was interrupted as well, and ends in its own time.


def _in_checkout() -> None:
    """Refuse to ask a toolchain that belongs to another checkout than the current folder."""
    if not Path("toolchain", "__main__.py").is_file():
        raise LedgerError("the current folder is no checkout of golive. Run this where Pulumi.yaml lies")
