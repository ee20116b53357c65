"""Find the Pulumi engine: the user's own, the official installer's, or one built here."""

import importlib.metadata
import os
import re
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from toolchain import recipes
from toolchain.build import build
from toolchain.errors import ToolchainError
from toolchain.golang import Say
from toolchain.locks import locked
from toolchain.paths import cache

INSTALLER = "https://get.pulumi.com"
PROBE_SECONDS = 3.0
"""How long the installer's server may take to answer before it counts as out of reach."""
OLDEST = (3, 200, 0)
"""The oldest engine whose protocol the pinned SDK is known to speak."""
PROVIDERS = ("kubernetes", "aws", "random")


@dataclass(frozen=True, kw_only=True)
class Engine:
    """An engine that can preview this project."""

    executable: Path
    version: str
    origin: str
    """How it was found, in the words of the one line that says so."""
    offline: bool
    """Whether the toolchain must serve the plugins, because the ordinary ones can't be had."""

    def __str__(self) -> str:
        plugins = "the toolchain's own plugins (of AWS, previews only)" if self.offline else "the ordinary plugins"
        return f"pulumi {self.version}, {self.origin}, with {plugins}"


def find(say: Say, environment: Mapping[str, str] = os.environ) -> Engine:
    """Return the first engine of: ``PATH``, the official installer, the Go modules.

    ``say`` receives progress and the reason why an engine on ``PATH`` was passed over. What was installed or built
    before is taken without asking the network again. Raises ``ToolchainError`` if none can be had.
    """
    version = sdk_version("pulumi")
    refused = None
    if on_path := shutil.which("pulumi", path=environment.get("PATH")):
        found = _own(Path(on_path), environment)
        if isinstance(found, Engine):
            return found
        refused = found
        say(f"passing over {on_path}: {refused}")
    installed = cache() / "installed" / version / "bin" / "pulumi"
    recipe = recipes.engine(version)
    if not installed.exists() and not recipe.done and reachable(INSTALLER):
        _install(version, installed.parent.parent, say)
    if installed.exists():
        return Engine(executable=installed, version=version, origin="from the official installer", offline=False)
    build([recipe], say)
    executable = recipe.result / "pulumi"
    return Engine(executable=executable, version=version, origin="built from its Go modules", offline=True)


def sdk_version(package: str) -> str:
    """Version of an installed package; the engine and its plugins are taken at the versions of their Python SDKs."""
    return importlib.metadata.version(package)


def launcher(engine: Engine) -> Path:
    """Return the script that starts a Python program; it lies beside an engine that was built here."""
    return engine.executable.parent / recipes.LAUNCHER


def reachable(address: str) -> bool:
    """Say whether a server answers at all within ``PROBE_SECONDS``, whatever it answers."""
    request = urllib.request.Request(address, method="HEAD")  # noqa: S310 - a constant https address
    try:
        with urllib.request.urlopen(request, timeout=PROBE_SECONDS):  # noqa: S310 - a constant https address
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def _own(executable: Path, environment: Mapping[str, str]) -> Engine | str:
    """Return the user's engine, or the reason why it can't preview this project."""
    try:
        answer = subprocess.run(
            [executable, "version"], capture_output=True, text=True, errors="replace", timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        return f"it does not run ({problem})"
    match = re.fullmatch(r"v?((\d+)\.(\d+)\.(\d+))\S*", answer.stdout.strip())
    if match is None:
        return f"`pulumi version` answers {answer.stdout.strip()[:60]!r}"
    found = tuple(int(part) for part in match.group(2, 3, 4))
    if found[0] != OLDEST[0] or found < OLDEST:
        return f"version {match[1]} is outside {'.'.join(map(str, OLDEST))} to 3.x"
    if not _language_host(executable, environment):
        return "its Python language host (pulumi-language-python) is missing"
    missing = [name for name in PROVIDERS if not _provider_installed(name, environment)]
    if missing and not reachable(INSTALLER):
        return f"its plugins for {', '.join(missing)} are not installed and can't be downloaded"
    return Engine(executable=executable, version=match[1], origin="from PATH", offline=False)


def _language_host(executable: Path, environment: Mapping[str, str]) -> bool:
    beside = executable.resolve().parent / "pulumi-language-python"
    return beside.exists() or shutil.which("pulumi-language-python", path=environment.get("PATH")) is not None


def _provider_installed(name: str, environment: Mapping[str, str]) -> bool:
    home = Path(environment.get("PULUMI_HOME") or Path.home() / ".pulumi")
    folder = home / "plugins" / f"resource-{name}-v{sdk_version(f'pulumi-{name}')}"
    ambient = shutil.which(f"pulumi-resource-{name}", path=environment.get("PATH"))
    return ambient is not None or folder.is_dir()


def _install(version: str, target: Path, say: Say) -> None:
    """Run the official installer into ``target``, whole or not at all; a failure leaves the next way open."""
    script = f"{INSTALLER}/install.sh"
    with locked(
        target.with_name(target.name + ".lock"), lambda: say("another golive is installing the engine; waiting for it")
    ):
        if target.exists():
            return
        say(f"installing pulumi {version} with the official installer ...")
        with tempfile.TemporaryDirectory(prefix="installing-", dir=target.parent) as scratch:
            install = Path(scratch) / "install.sh"
            root = Path(scratch) / "pulumi"
            try:
                with urllib.request.urlopen(script, timeout=30) as answer:  # noqa: S310 - a constant https address
                    install.write_bytes(answer.read())
                command = ["sh", str(install), "--no-edit-path", "--install-root", str(root), "--version", version]
                subprocess.run(command, check=True, capture_output=True, text=True, timeout=600)
            except (OSError, subprocess.SubprocessError) as problem:
                say(f"the official installer failed ({problem}); building instead")
                return
            if not (root / "bin" / "pulumi").exists():
                raise ToolchainError(f"The official installer ended well but left no engine in {root}/bin.")
            root.rename(target)
