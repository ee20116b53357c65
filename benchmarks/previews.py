"""What the guardrails add to a preview: the real engine and the offline plugins, with the pack and without it.

Everything happens in a copy of the checkout's settings and a local state of its own; the user's state is not touched.
"""

import os
import subprocess
from pathlib import Path

from benchmarks.measure import Command
from toolchain.engine import find
from toolchain.golang import Say
from toolchain.paths import CHECKOUT
from toolchain.plugin_home import plugins
from toolchain.session import QUIET, UNWANTED

WITH, WITHOUT = "with the pack", "without the pack"
RESOURCES = 600
"""Resources of the synthetic program."""

_PROJECT = "name: benchmark\nruntime: {name: python, options: {toolchain: pip}}\n"
_PROGRAM = f'''\
"""Declares a fixed number of sound resources, as fast as a program can."""

import pulumi_kubernetes as k8s

for number in range({RESOURCES}):
    home = k8s.meta.v1.ObjectMetaArgs(name=f"settings-{{number}}", namespace="shop")
    k8s.core.v1.ConfigMap(f"settings-{{number}}", metadata=home, data={{f"KEY_{{i}}": "value" for i in range(20)}})
'''


def prod(scratch: Path, say: Say) -> list[Command]:
    """Preview the shipped prod stack, both ways."""
    return _both(CHECKOUT, "prod", CHECKOUT / "Pulumi.prod.yaml", scratch, say)


def synthetic(scratch: Path, say: Say) -> list[Command]:
    """Preview a program of ``RESOURCES`` resources that does nothing else, both ways."""
    folder = scratch / "synthetic"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text(_PROJECT, encoding="utf-8")
    (folder / "Pulumi.many.yaml").write_text("config: {}\n", encoding="utf-8")
    (folder / "__main__.py").write_text(_PROGRAM, encoding="utf-8")
    return _both(folder, "many", folder / "Pulumi.many.yaml", scratch, say)


def _both(folder: Path, stack: str, settings: Path, scratch: Path, say: Say) -> list[Command]:
    engine = find(say)
    state = scratch / f"state-{stack}"
    state.mkdir()
    copy = scratch / f"Pulumi.{stack}.yaml"
    if settings != copy:
        copy.write_bytes(settings.read_bytes())
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(UNWANTED)}
    local = {
        "PULUMI_BACKEND_URL": state.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "an empty state holds nothing to protect",
        "PULUMI_CONFIG_PASSPHRASE_FILE": "",
    }
    environment = {**inherited, **QUIET, **local, **plugins(engine)}
    made = [str(engine.executable), "stack", "init", stack, "--no-select", "--non-interactive"]
    project = scratch / f"project-{stack}"
    project.mkdir()
    (project / "Pulumi.yaml").write_bytes((folder / "Pulumi.yaml").read_bytes())
    subprocess.run(made, cwd=project, env=environment, capture_output=True, check=True)
    preview = [str(engine.executable), "preview", "--stack", stack, "--config-file", str(copy), "--non-interactive"]
    pack = ["--policy-pack", str(CHECKOUT / "policies")]
    return [
        Command(name=name, arguments=[*preview, *more], folder=folder, environment=environment, expected=frozenset({0}))
        for name, more in ((WITHOUT, []), (WITH, pack))
    ]
