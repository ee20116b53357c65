"""Build the Pulumi engine from its Go modules, for a machine that reaches package registries and nothing else.

``cli/`` holds what is built: ``go.mod`` and ``go.sum`` pin every module by hash, ``go.lock`` pins the Go toolchain,
a Python package. The result is a folder with the engine and the launcher that the Python SDK's language host starts
programs with.
"""

import shutil
import subprocess
from pathlib import Path

from toolchain import golang
from toolchain.errors import ToolchainError
from toolchain.golang import Say
from toolchain.locks import locked

CLI = Path(__file__).parent / "cli"
PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
SDK_MODULE = "github.com/pulumi/pulumi/sdk/v3"
VERSION_SYMBOL = f"{SDK_MODULE}/go/common/version.Version"
LAUNCHER = "pulumi-language-python-exec"


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
        with golang.scratch(target.parent) as scratch:
            try:
                _compile(version, scratch, say)
            except ToolchainError as problem:
                raise ToolchainError(f"The engine could not be built: {problem}") from None
            (scratch / "done").rename(target)
    return executable


def _compile(version: str, scratch: Path, say: Say) -> None:
    done = scratch / "done"
    done.mkdir()
    go = golang.install(scratch, say)
    environment = golang.environment(scratch)
    flags = f"-s -w -X {VERSION_SYMBOL}={version}"
    golang.run(
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
