"""``python -m toolchain history`` hands over the engine's own answer, or says why there is none."""

from pathlib import Path

import pytest

from toolchain.engine import Engine
from toolchain.errors import ToolchainError
from toolchain.session import Session
from toolchain.state import State


def session(folder: Path, script: str) -> Session:
    """A session whose engine is a script."""
    executable = folder / "pulumi"
    executable.write_text(f"#!/bin/sh\n{script}\n")
    executable.chmod(0o700)
    engine = Engine(executable=executable, version="3.259.0", origin="scripted", offline=True)
    state = State(environment={}, local=True, origin="scripted")
    return Session(engine=engine, state=state, stack="dev", cluster=None, environment={"PATH": "/usr/bin:/bin"})


def test_the_whole_history_is_asked_for(tmp_path: Path) -> None:
    assert session(tmp_path, 'echo "$@"').history() == (
        "stack history --stack dev --json --page-size 0 --non-interactive\n"
    )


def test_an_engine_that_fails_is_no_empty_history(tmp_path: Path) -> None:
    with pytest.raises(ToolchainError, match=r"The history of dev can't be had.\nerror: no such bucket"):
        session(tmp_path, "echo '[]'; echo 'error: no such bucket' >&2; exit 255").history()
