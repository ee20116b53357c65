"""A checkout in a folder of its own whose toolchain is scripted: a history to read, and deployments to note."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner, Result

from golive.commands.app import app

ROOT = Path(__file__).resolve().parents[2]
TOOLCHAIN = """
import json, pathlib, sys
verb, stack = sys.argv[1], sys.argv[3]
if verb == "history":
    sys.stdout.write(pathlib.Path(f"{stack}.history").read_text())
elif verb == "kubectl":
    asked = sys.argv[5:]
    with pathlib.Path("asked").open("a") as log:
        log.write(" ".join(asked) + "\\n")
    answers = json.loads(pathlib.Path("cluster").read_text())
    kinds = asked[1].split(",") if asked[0] == "get" else []
    if any(answers.get(kind) is None for kind in kinds):
        sys.exit(1)
    print(json.dumps({"items": [each for kind in kinds for each in answers[kind]]}))
else:
    log = pathlib.Path("deployed")
    text = pathlib.Path(f"Pulumi.{stack}.yaml").read_text()
    log.write_text(" ".join(sys.argv[1:]) + "\\n" + text)
    sys.exit(int(pathlib.Path("code").read_text()))
"""


def settings(stack: str = "dev") -> dict[str, Any]:
    """The settings of a shipped stack, as plain data."""
    data = YAML(typ="safe", pure=True).load(ROOT / f"Pulumi.{stack}.yaml")
    return json.loads(json.dumps(data["config"]["golive:settings"]))  # type: ignore[no-any-return]


def moved(service: str, tag: str, stack: str = "dev", **more: object) -> dict[str, Any]:
    """Those settings with another tag of one service, and with ``more`` keys."""
    data = settings(stack)
    path = data["releases"][service]["image"].rpartition(":")[0]
    data["releases"][service] = {"image": f"{path}:{tag}"}
    return {**data, **more}


def update(data: Mapping[str, Any] | None, **more: object) -> dict[str, Any]:
    """One operation as the engine's history lists it; ``more`` replaces its keys."""
    config = (
        {} if data is None else {"golive:settings": {"value": json.dumps(data), "objectValue": data, "secret": False}}
    )
    return {
        "version": 0,
        "kind": "update",
        "startTime": "2026-03-01T10:00:00.000Z",
        "endTime": "2026-03-01T10:05:00.000Z",
        "message": "up by ada",
        "environment": {"git.head": "f" * 40, "git.dirty": "false", "pulumi.flag.policy-pack": "set"},
        "result": "succeeded",
        "config": config,
        **more,
    }


def listed(*operations: Mapping[str, Any]) -> str:
    """The engine's answer; ``operations`` have the oldest first, and the engine the newest."""
    return json.dumps(list(operations)[::-1])


@dataclass
class Checkout:
    """The folder, and what is run in it."""

    folder: Path

    def file(self, stack: str = "dev") -> Path:
        """The stack file."""
        return self.folder / f"Pulumi.{stack}.yaml"

    def deployed(self, *operations: Mapping[str, Any], stack: str = "dev") -> None:
        """Set the history, the oldest operation first."""
        (self.folder / f"{stack}.history").write_text(listed(*operations))

    def replace(self, before: str, after: str, stack: str = "dev") -> None:
        """Edit a stack file; an edit that changes nothing is a broken test."""
        text = self.file(stack).read_text()
        assert before in text
        self.file(stack).write_text(text.replace(before, after))

    def log(self) -> str:
        """The command by which the toolchain deployed, and the stack file that it found; empty where it did not."""
        path = self.folder / "deployed"
        return path.read_text() if path.exists() else ""

    def run(self, *arguments: str) -> Result:
        """Run golive in the folder."""
        return CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"}).invoke(app, list(arguments))


def checkout(folder: Path, patch: pytest.MonkeyPatch) -> Checkout:
    """Make the folder the current one, with the shipped stack files and the scripted toolchain."""
    for stack in ("dev", "staging", "prod"):
        (folder / f"Pulumi.{stack}.yaml").write_text((ROOT / f"Pulumi.{stack}.yaml").read_text())
        (folder / f"{stack}.history").write_text("[]")
    (folder / "toolchain").mkdir()
    (folder / "toolchain" / "__init__.py").write_text("")
    (folder / "toolchain" / "__main__.py").write_text(TOOLCHAIN)
    (folder / "code").write_text("0")
    patch.chdir(folder)
    return Checkout(folder)


def third_release(folder: Path, patch: pytest.MonkeyPatch) -> Checkout:
    """Make a folder whose dev runs the third of its ``THREE`` releases."""
    made = checkout(folder, patch)
    made.deployed(*(update(each) for each in THREE))
    made.replace("marketplace:v1.0.0", "marketplace:v1.2.0")
    return made


THREE = settings(), moved("marketplace", "v1.1.0"), moved("marketplace", "v1.2.0")
"""The settings of three releases, the oldest first."""
