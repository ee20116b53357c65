"""Copies of the checkout that the real engine previews."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from toolchain.engine import find

CHECKOUT = Path(__file__).resolve().parents[2]
SECONDS = 600
"""How long one run may take before the test gives it up."""


def environment(**variables: str) -> dict[str, str]:
    """Environment with nothing of the tester's Pulumi, AWS or Kubernetes in it, and with ``variables``."""
    foreign = ("PULUMI_", "AWS_", "KUBECONFIG")
    clean = {key: value for key, value in os.environ.items() if not key.startswith(foreign)}
    return {**clean, "NO_COLOR": "1", **variables}


@dataclass(frozen=True)
class Run:
    """What a user sees of one ``make preview``, ``make up`` and so on."""

    code: int
    output: str


@dataclass(frozen=True)
class Copy:
    """A checkout of its own, with its own local state."""

    folder: Path

    def preview(self, stack: str, **variables: str) -> Run:
        """Preview a stack as make does."""
        return self.make("preview", stack, **variables)

    def make(self, verb: str, stack: str = "dev", *options: str, **variables: str) -> Run:
        """Run a verb of the toolchain as make does, with nothing of the tester's Pulumi in the environment."""
        command = [sys.executable, "-m", "toolchain", verb, "--stack", stack, *options]
        answer = subprocess.run(
            command,
            cwd=self.folder,
            env=environment(**variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        return Run(answer.returncode, answer.stdout)

    def deploy(self, stack: str, state: str) -> None:
        """Make ``state`` what the engine finds deployed in the copy's local state, where the stack is known."""
        folder = self.folder / ".golive" / "project"
        (folder / "deployed.json").write_text(state)
        local = {
            "PULUMI_BACKEND_URL": (self.folder / ".golive" / "own" / "state").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE_FILE": str(self.folder / ".golive" / "own" / "passphrase"),
            "PULUMI_HOME": str(self.folder / ".golive" / "home"),
        }
        command = [str(find(lambda _: None).executable), "stack", "import", "--stack", stack, "--non-interactive"]
        subprocess.run(
            [*command, "--file", "deployed.json"],
            cwd=folder,
            env={**os.environ, **local},
            capture_output=True,
            check=True,
            timeout=SECONDS,
        )

    def edit(self, name: str, change: Callable[[str], str]) -> None:
        """Change one file; a change that changes nothing is a broken test."""
        path = self.folder / name
        before = path.read_text()
        after = change(before)
        assert after != before, f"the edit of {name} changed nothing"
        path.write_text(after)

    def spoil(self, body: str, name: str = "marketplace-rollout") -> None:
        """Run ``body`` on the resource ``name``, by default marketplace's Rollout, between the program and the engine.

        ``body`` sees ``args`` (type_, name, props) and ``template``, the pod template.
        """
        (self.folder / "__main__.py").rename(self.folder / "original.py")
        indented = "\n".join(f"    {line}" for line in body.splitlines())
        (self.folder / "__main__.py").write_text(
            "import pulumi\n"
            "import pulumi_random as random\n\n\n"
            "def spoil(args):\n"
            f"    if args.name != {name!r}:\n"
            "        return None\n"
            "    template = args.props['spec']['template']\n"
            f"{indented}\n"
            "    return pulumi.ResourceTransformResult(args.props, args.opts)\n\n\n"
            "suffix = random.RandomId('suffix', byte_length=4).hex\n"
            "pulumi.runtime.register_resource_transform(spoil)\n"
            "import original\n"
        )


COMMAND = (sys.executable, "-c", "from golive.cli import main; main()")
"""golive, as Python finds it in the environment of ``own_code``."""


def own_code(checkout: Copy, **variables: str) -> dict[str, str]:
    """An environment with ``variables`` in which Python finds the copy's own code."""
    found = os.pathsep.join([str(checkout.folder), str(checkout.folder / "policies")])
    return environment(**{**variables, "PYTHONPATH": found})
