"""The README says what happens: its commands are run, and its output is theirs."""

import re
import subprocess

import pytest

from tests.support.checkouts import CHECKOUT, Copy
from tests.support.readme import BLOCKS, README, Block, shell

pytestmark = pytest.mark.engine


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.mark != "cluster"], ids=str)
def test_console_blocks_are_real(copy: Copy, block: Block) -> None:
    block.check(copy.folder)


def test_the_test_command_is_what_ci_runs() -> None:
    assert "The second command is `make test`" in README
    assert re.findall(r"^make .*$", (CHECKOUT / ".ci" / "run").read_text(), flags=re.MULTILINE) == [
        "make test",
        "make e2e",
    ]


def test_the_tree_is_the_tree() -> None:
    tree = README.split("## The tree")[1].split("```")[1]
    shown = {line.split()[0].rstrip("/") for line in tree.strip().splitlines()}
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    folders = {name.split("/")[0] for name in listed.stdout.splitlines() if "/" in name and not name.startswith(".")}
    assert folders <= shown, "the README's tree misses a folder"
    assert [name for name in shown if not (CHECKOUT / name).exists()] == []


def test_make_help_lists_every_target() -> None:
    makefile = (CHECKOUT / "Makefile").read_text()
    targets = re.search(r"^\.PHONY: (.*)$", makefile, flags=re.MULTILINE)
    assert targets
    _, helped = shell(CHECKOUT, "make help")
    assert {line.split()[0] for line in helped.splitlines()} == set(targets[1].split())
