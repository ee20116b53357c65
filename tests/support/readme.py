"""What the README shows: its commands can be run, and its output compared with theirs."""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.support.checkouts import CHECKOUT, SECONDS

README = (CHECKOUT / "README.md").read_text()
_BLOCK = re.compile(r"^```console(?: (fails|cluster))?\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One block of commands and what they print."""

    mark: str
    """``fails`` where the last command has an exit code, ``cluster`` where a cluster is built and started, or empty."""
    lines: tuple[str, ...]

    def __str__(self) -> str:
        return self.lines[-1].strip()[:40]

    def check(self, folder: Path) -> None:
        """Run the commands in ``folder`` and compare what they print and how they end."""
        codes, printed = [], ""
        for line in self.lines:
            if line.startswith("$ "):
                code, output = shell(folder, line.removeprefix("$ "))
                codes.append(code)
                printed += output
        assert [code for code in codes[:-1] if code] == [], printed
        assert bool(codes[-1]) == (self.mark == "fails"), printed
        _assert_in_order([line for line in self.lines if not line.startswith("$ ")], printed)


BLOCKS = tuple(Block(mark, tuple(text.splitlines())) for mark, text in _BLOCK.findall(README))


def shell(folder: Path, command: str) -> tuple[int, str]:
    """Run a command in a checkout, with nothing of the tester's in its environment; return exit code and output."""
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


def _assert_in_order(shown: list[str], printed: str) -> None:
    """Every shown line was printed, in this order; `...` stands for anything, within a line or between lines."""
    lines = iter(printed.splitlines())
    for line in shown:
        pattern = re.escape(line.rstrip()).replace(re.escape("..."), ".*")
        if line != "...":
            assert any(re.fullmatch(pattern, each.rstrip()) for each in lines), f"{line}\n-- not in --\n{printed}"
