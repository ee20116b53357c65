"""A stack's outputs name the commit that built it, and never one that did not."""

import os
import subprocess
from pathlib import Path

import pytest

from stack.git_commit import UNKNOWN, commit

AUTHOR = {f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


def git(folder: Path, *asked: str) -> str:
    answer = subprocess.run(["git", "-C", str(folder), *asked], check=True, capture_output=True, text=True, env=ALONE)
    return answer.stdout.strip()


ALONE = {**{key: value for key, value in os.environ.items() if not key.startswith("GIT_")}, **AUTHOR}


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let git look no further up than the test's own folder."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))


def test_the_commit_is_named_and_what_differs_from_it_is_told(tmp_path: Path) -> None:
    assert commit(tmp_path) == UNKNOWN
    git(tmp_path, "init", "--quiet")
    assert commit(tmp_path) == UNKNOWN
    (tmp_path / "file").write_text("a")
    git(tmp_path, "add", "file")
    git(tmp_path, "commit", "--quiet", "--message", "x")
    head = git(tmp_path, "rev-parse", "HEAD")
    assert commit(tmp_path) == head

    (tmp_path / "file").write_text("b")
    assert commit(tmp_path) == f"{head}+"


def test_without_git_nothing_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert commit(tmp_path) == UNKNOWN
