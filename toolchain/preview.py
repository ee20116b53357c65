"""``make preview``: the real engine, the real program, the pack."""

import os
import subprocess
import sys
from pathlib import Path

from toolchain.build import Say
from toolchain.engine import PROVIDERS, Engine, find, launcher, sdk_version
from toolchain.errors import ToolchainError
from toolchain.paths import CHECKOUT, WORK
from toolchain.state import choose, copy_stack_file, stack_file

QUIET = {
    "PULUMI_SKIP_UPDATE_CHECK": "true",
    "PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER": "true",
    "PULUMI_DIY_BACKEND_NO_LEGACY_WARNING": "true",
}


def preview(stack: str, say: Say) -> int:
    """Preview ``stack`` under the guardrails and return the engine's exit code."""
    if not stack_file(stack).is_file():
        known = ", ".join(sorted(path.name.split(".")[1] for path in CHECKOUT.glob("Pulumi.*.yaml")))
        raise ToolchainError(
            f"There is no stack {stack!r}: Pulumi.{stack}.yaml is missing. The stacks here are: {known}."
        )
    engine = find(say)
    state = choose()
    say(f"engine: {engine}")
    say(f"state: {state.origin}")
    environment = {**os.environ, **QUIET, **state.environment, **plugins(engine)}
    settings = copy_stack_file(stack)
    if state.local:
        _make_stack(engine, environment, stack, settings.parent)
    target = ["--stack", stack, "--config-file", str(settings), "--non-interactive"]
    command = [str(engine.executable), "preview", "--policy-pack", "policies", *target]
    return subprocess.run(command, cwd=CHECKOUT, env=environment, check=False).returncode


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


def _make_stack(engine: Engine, environment: dict[str, str], stack: str, folder: Path) -> None:
    """Make the stack in the local state where it is missing, from ``folder``: the engine edits the file beside it."""
    made = WORK / "state" / ".pulumi" / "stacks" / "golive" / f"{stack}.json"
    if made.exists():
        return
    command = [str(engine.executable), "stack", "init", stack, "--no-select", "--non-interactive"]
    answer = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if answer.returncode != 0 and not made.exists():
        raise ToolchainError(f"The local state in {WORK / 'state'} can't take stack {stack}:\n{answer.stderr.strip()}")
