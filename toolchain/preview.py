"""``make preview``: the real engine, the real program, the pack."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from toolchain.build import Say
from toolchain.engine import PROVIDERS, Engine, find, launcher, sdk_version
from toolchain.errors import ToolchainError
from toolchain.paths import CHECKOUT, WORK
from toolchain.state import ADDRESS, State, choose, copy_stack_file, made, project_folder, stack_file

QUIET = {
    "PULUMI_SKIP_UPDATE_CHECK": "true",
    "PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER": "true",
    "PULUMI_DIY_BACKEND_NO_LEGACY_WARNING": "true",
    "PYTHONUTF8": "1",
}
UNWANTED = ("PULUMI_OPTION_", "PYTHONWARNINGS", "PYTHONDEVMODE")
"""Variables that would change the engine's options, or what Python prints, behind the user's back."""
SIGNED_IN = ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_")
"""Variables by which the AWS plugin finds credentials."""
VIOLATED = 1
"""The engine's exit code for a preview that ran and failed."""


def preview(stack: str, say: Say) -> int:
    """Preview ``stack`` under the guardrails and return the engine's exit code."""
    stack_file(stack)
    engine = find(say)
    state = choose()
    say(f"engine: {engine}")
    say(f"state: {state.origin}")
    if options := sorted(key for key in os.environ if key.startswith(UNWANTED[0])):
        say(f"passing over {', '.join(options)}: a preview under the guardrails takes no options from the environment")
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(UNWANTED)}
    environment = {
        **inherited,
        **QUIET,
        **state.environment,
        **plugins(engine),
        **credentials(engine, state, inherited),
    }
    if state.local:
        _make_stack(engine, environment, stack)
    target = ["--stack", stack, "--config-file", str(copy_stack_file(stack)), "--non-interactive"]
    command = [str(engine.executable), "preview", "--policy-pack", "policies", *target]
    code = _to_its_end(command, environment)
    if code not in (0, VIOLATED) and not state.local:
        say(f"where the state has no stack {stack} yet, make it with `pulumi stack init {stack}`, or unset {ADDRESS}")
    return code


def _to_its_end(command: list[str], environment: dict[str, str]) -> int:
    """Run the engine and return its exit code. Ctrl-C reaches it by itself; it needs a moment to end its plugins."""
    with subprocess.Popen(command, cwd=CHECKOUT, env=environment) as engine:
        signal.signal(signal.SIGTERM, lambda _number, _frame: engine.send_signal(signal.SIGINT))
        while True:
            try:
                return engine.wait()
            except KeyboardInterrupt:
                continue


def credentials(engine: Engine, state: State, inherited: Mapping[str, str]) -> dict[str, str]:
    """Environment under which the ordinary AWS plugin previews without credentials, where there are none.

    That is for the empty state alone: any other was made with credentials, and would show every provider as changed.
    """
    if engine.offline or not state.local or any(key.startswith(SIGNED_IN) for key in inherited):
        return {}
    return {"GOLIVE_CREDENTIALS": "none"}


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


def _make_stack(engine: Engine, environment: dict[str, str], stack: str) -> None:
    """Make the stack in the local state where it is missing."""
    if made(stack).exists():
        return
    command = [str(engine.executable), "stack", "init", stack, "--no-select", "--non-interactive"]
    folder = project_folder()
    answer = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if answer.returncode != 0 and not made(stack).exists():
        said = answer.stderr.strip()
        raise ToolchainError(f"The local state in {WORK} can't take stack {stack}. Remove it and run again.\n{said}")
