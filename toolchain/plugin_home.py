"""Where the engine finds its plugins: the ordinary ones by itself, the toolchain's in a private home."""

import os
import sys
from pathlib import Path

from toolchain.engine import PROVIDERS, Engine, launcher, sdk_version
from toolchain.paths import CHECKOUT, WORK


def plugins(engine: Engine) -> dict[str, str]:
    """Environment under which ``engine`` finds its plugins: nothing for the ordinary ones, a private home for ours."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    if not engine.offline:
        return {"PATH": path}
    home = WORK / "home"
    for name in PROVIDERS:
        folder = home / "plugins" / f"resource-{name}-v{sdk_version(f'pulumi-{name}')}"
        _script(folder / f"pulumi-resource-{name}", f'exec "$GOLIVE_PYTHON" -m toolchain.plugins {name} "$@"')
    language = engine.executable.parent / "pulumi-language-python"
    _script(language, 'exec "$GOLIVE_PYTHON" -m toolchain.plugins language "$@"')
    return {
        "GOLIVE_LAUNCHER": str(launcher(engine)),
        "GOLIVE_PYTHON": sys.executable,
        "PULUMI_HOME": str(home),
        "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
        "PYTHONPATH": str(CHECKOUT),
    }


def _script(path: Path, line: str) -> None:
    """Write an executable of one line, unless it is there already; the engine starts plugins by their file name."""
    text = f"#!/bin/sh\n{line}\n"
    if path.exists() and path.read_text() == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f"{path.name}.{os.getpid()}")
    half.write_text(text)
    half.chmod(0o755)
    half.replace(path)
