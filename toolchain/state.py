"""Which state the engine works with: the team's own where its address and key are set, else the checkout's."""

import contextlib
import json
import os
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from toolchain.errors import ToolchainError
from toolchain.paths import CHECKOUT, WORK

ADDRESS = "PULUMI_BACKEND_URL"
KEYS = ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE", "PULUMI_ACCESS_TOKEN")


@dataclass(frozen=True, kw_only=True)
class State:
    """Where the engine finds what is deployed, and how it opens the secrets in it."""

    environment: Mapping[str, str]
    """What the engine needs in its environment."""
    local: bool
    """Whether it is the checkout's own state, whose stacks are made when missing."""
    origin: str
    """In the words of the one line that says so."""


def choose(environment: Mapping[str, str] = os.environ) -> State:
    """Take the real state if ``PULUMI_BACKEND_URL`` and one of ``KEYS`` are set; otherwise the local one."""
    address = environment.get(ADDRESS, "")
    if address and any(key in environment for key in KEYS):
        return State(environment={}, local=False, origin=f"the state that {ADDRESS} names")
    why = f"{ADDRESS} is set without {' or '.join(KEYS)}" if address else f"{ADDRESS} is not set"
    return State(environment=own(), local=True, origin=f"this checkout's own ({why})")


def own() -> dict[str, str]:
    """Environment of the checkout's own state; the folder and a key of its own are made when missing."""
    folder = state_folder()
    folder.mkdir(parents=True, exist_ok=True)
    key = WORK / "own" / "passphrase"
    if not key.exists():
        half = key.with_name(f"passphrase.{os.getpid()}")
        half.touch(mode=0o600)
        half.write_text(secrets.token_urlsafe(32), encoding="utf-8")
        # Two runs may come here at once; the first key stays.
        with contextlib.suppress(FileExistsError):
            os.link(half, key)
        half.unlink()
    return {ADDRESS: folder.as_uri(), KEYS[1]: str(key)}


def state_folder() -> Path:
    """Folder of the checkout's own state."""
    return WORK / "own" / "state"


def stack_file(stack: str) -> Path:
    """Path of the stack's settings; raises ``ToolchainError`` where there are none, or no YAML."""
    path = CHECKOUT / f"Pulumi.{stack}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(each.name.split(".")[1] for each in CHECKOUT.glob("Pulumi.*.yaml") if each.is_file()))
        why = "is not a file" if path.exists() or path.is_symlink() else "is missing"
        raise ToolchainError(f"There is no stack {stack!r}: {path.name!r} {why}. The stacks here are: {known}.")
    try:
        YAML(typ="safe", pure=True).compose(path)
    except (YAMLError, ValueError):
        # The engine would say so as well, but not of which file.
        where = f".venv/bin/golive settings check {path.name}"
        raise ToolchainError(f"{path.name} can't be read as YAML; `{where}` says where.") from None
    return path


def copy_stack_file(stack: str) -> Path:
    """Copy the stack file to where the engine may write its encryption salt; the tracked file stays as it is."""
    copy = WORK / "stacks" / f"Pulumi.{stack}.yaml"
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(stack_file(stack), copy)
    return copy


def made(stack: str) -> Path:
    """Path of the stack in the local state; raises ``ToolchainError`` where what lies there is no state."""
    path = state_folder() / ".pulumi" / "stacks" / "golive" / f"{stack}.json"
    if path.exists() and not _is_state(path):
        again = f"Run `make clean` and begin again: nothing in {WORK} is needed but by this checkout's own cluster."
        raise ToolchainError(f"The local state is damaged: {path} is no state. {again}")
    return path


def _is_state(path: Path) -> bool:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(said, dict) and isinstance(said.get("checkpoint"), dict)


def project_folder() -> Path:
    """Return a folder with ``Pulumi.yaml`` and no stack file: where a stack is made, the engine edits its file."""
    folder = WORK / "project"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(CHECKOUT / "Pulumi.yaml", folder / "Pulumi.yaml")
    return folder
