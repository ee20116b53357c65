"""What a killed run leaves in the checkout's own state: a lock that nobody holds, and operations without an outcome."""

import json
import socket
from pathlib import Path

from toolchain.cluster.processes import born
from toolchain.errors import ToolchainError
from toolchain.golang import Say
from toolchain.state import made, state_folder

ENGINE = "pulumi"
"""Name of the process that holds a lock."""


def release_locks(stack: str, say: Say) -> None:
    """Remove locks whose holder is gone. Raises ``ToolchainError`` where the holder is still at work."""
    folder = state_folder() / ".pulumi" / "locks" / "organization" / "golive" / stack
    for lock in sorted(folder.glob("*.json")):
        holder = _holder(lock)
        if holder is not None and _alive(holder):
            raise ToolchainError(
                f"Another run is at work on {stack} (process {holder}). Wait for its end, or stop it with Ctrl-C."
            )
        lock.unlink(missing_ok=True)
        say(f"the last run on {stack} was killed; its lock is released")


def pending_operations(stack: str) -> int:
    """Count the operations that a killed run had begun and never ended."""
    path = made(stack)
    if not path.exists():
        return 0
    latest = json.loads(path.read_text(encoding="utf-8")).get("checkpoint", {}).get("latest") or {}
    return len(latest.get("pending_operations") or [])


def _holder(lock: Path) -> int | None:
    """Return the process that holds a lock; ``None`` where the lock was never finished.

    Raises ``ToolchainError`` for a process of another machine, which nobody here can look for.
    """
    try:
        content = json.loads(lock.read_text(encoding="utf-8"))
        host, process = str(content["hostname"]), int(content["pid"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if host != socket.gethostname():
        raise ToolchainError(
            f"{lock} says that process {process} of {host} is at work on this checkout. "
            "If that run is dead, remove the file."
        )
    return process


def _alive(process: int) -> bool:
    """Say whether a process runs; one that has taken over a dead one's number was not the holder."""
    command = Path(f"/proc/{process}/comm")
    try:
        return born(process) is not None and command.read_text(encoding="utf-8").strip() == ENGINE
    except FileNotFoundError:
        return born(process) is not None
