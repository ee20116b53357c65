"""Go as a Python package, pinned by hash: what is built with it depends on no system Go and leaves no caches behind."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from toolchain.errors import ToolchainError

LOCK = Path(__file__).parent / "modules" / "go.lock"
PIP = (sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps", "--require-hashes")
REPORT_EVERY = 20.0
"""Seconds between two progress lines where the output is not a terminal."""

Say = Callable[[str], None]


@contextmanager
def scratch(parent: Path) -> Iterator[Path]:
    """Yield a folder on the same file system as the result, so that the last step is one rename."""
    folder = Path(tempfile.mkdtemp(prefix="building-", dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def install(folder: Path, say: Say) -> Path:
    """Put Go into the ``folder`` and return its executable. Raises ``ToolchainError``."""
    run("installing Go", [*PIP, "--target", str(folder / "packages"), "-r", str(LOCK)], folder, None, say)
    go = folder / "packages" / "go" / "bin" / "go"
    go.chmod(0o755)
    return go


def environment(folder: Path) -> dict[str, str]:
    """Keep Go's own caches inside ``folder``: a newcomer's home folder gets nothing but the result."""
    return {
        **os.environ,
        "CGO_ENABLED": "0",
        "GOCACHE": str(folder / "gocache"),
        "GOFLAGS": "-mod=readonly -modcacherw -buildvcs=false",
        "GOMODCACHE": str(folder / "modcache"),
        "GOPATH": str(folder / "gopath"),
        "GOROOT": str(folder / "packages" / "go"),
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
    }


def run(step: str, command: list[str], folder: Path, variables: dict[str, str] | None, say: Say) -> None:
    """Run one step with a progress line; on failure raise with its last words."""
    started = reported = time.monotonic()
    say(f"{step} ...")
    last: deque[str] = deque(maxlen=15)
    with subprocess.Popen(
        command, cwd=folder, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            assert process.stdout is not None  # noqa: S101 - PIPE was asked for
            for count, line in enumerate(process.stdout, start=1):
                last.append(line.rstrip())
                if time.monotonic() - reported > REPORT_EVERY:
                    reported = time.monotonic()
                    say(f"{step} ... {count} packages so far, {reported - started:.0f} s")
        except BaseException:
            process.kill()
            raise
    if process.returncode != 0:
        raise ToolchainError("\n".join([f"The build failed: {step} ended with exit code {process.returncode}.", *last]))
