"""One version, wherever it is said."""

import tomllib
from pathlib import Path

from typer.testing import CliRunner

from golive.commands.app import app

ROOT = Path(__file__).parents[2]
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


def test_the_command_says_its_version() -> None:
    said = CliRunner().invoke(app, ["--version"])
    assert (said.exit_code, said.stdout) == (0, f"golive {VERSION}\n")


def test_the_pack_has_the_same() -> None:
    assert f"version: {VERSION}\n" in (ROOT / "policies" / "PulumiPolicy.yaml").read_text(encoding="utf-8")
