"""The README says what happens: its commands are run, and its output is theirs."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from checkouts import CHECKOUT, SECONDS, Copy

pytestmark = pytest.mark.engine

README = (CHECKOUT / "README.md").read_text()
BLOCKS = re.findall(r"^```console( fails)?\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(("fails", "block"), BLOCKS, ids=[block.splitlines()[-1].strip()[:40] for _, block in BLOCKS])
def test_console_blocks_are_real(copy: Copy, fails: str, block: str) -> None:
    codes, printed = [], ""
    for line in block.splitlines():
        if line.startswith("$ "):
            code, output = shell(copy.folder, line.removeprefix("$ "))
            codes.append(code)
            printed += output
    assert [code for code in codes[:-1] if code] == []
    assert bool(codes[-1]) == bool(fails), printed
    assert_in_order([line for line in block.splitlines() if not line.startswith("$ ")], printed)


def shell(folder: Path, command: str) -> tuple[int, str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PULUMI_", "MAKE", "AWS_"))}
    answer = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={**clean, "NO_COLOR": "1", "PYTHONPATH": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    return answer.returncode, answer.stdout


def assert_in_order(shown: list[str], printed: str) -> None:
    """Every shown line was printed, in this order; `...` stands for anything, within a line or between lines."""
    lines = iter(printed.splitlines())
    for line in shown:
        pattern = re.escape(line.rstrip()).replace(re.escape("..."), ".*")
        if line != "...":
            assert any(re.fullmatch(pattern, each.rstrip()) for each in lines), f"{line}\n-- not in --\n{printed}"


def test_the_test_command_is_what_ci_runs() -> None:
    assert "The second command is `make test`" in README
    assert re.search(r"^make test$", (CHECKOUT / ".ci" / "run").read_text(), flags=re.MULTILINE)


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
