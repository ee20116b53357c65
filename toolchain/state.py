"""Which state a preview compares with: the team's own where its address and key are set, else an empty local one."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from toolchain.paths import CHECKOUT, WORK

ADDRESS = "PULUMI_BACKEND_URL"
KEYS = ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE", "PULUMI_ACCESS_TOKEN")
THROWAWAY = "an empty local state holds nothing to protect"


@dataclass(frozen=True, kw_only=True)
class State:
    """Where the engine finds what is deployed, and how it opens the secrets in it."""

    environment: Mapping[str, str]
    """What the engine needs in its environment."""
    local: bool
    """Whether it is the empty local state, whose stacks are made when missing."""
    origin: str
    """In the words of the one line that says so."""


def choose(environment: Mapping[str, str] = os.environ) -> State:
    """Take the real state if ``PULUMI_BACKEND_URL`` and one of ``KEYS`` are set; otherwise the local one."""
    address = environment.get(ADDRESS, "")
    if address and any(key in environment for key in KEYS):
        return State(environment={}, local=False, origin=f"the state that {ADDRESS} names")
    folder = WORK / "state"
    folder.mkdir(parents=True, exist_ok=True)
    why = f"{ADDRESS} is set without {' or '.join(KEYS)}" if address else f"{ADDRESS} is not set"
    local = {ADDRESS: folder.as_uri(), KEYS[0]: THROWAWAY, KEYS[1]: ""}
    return State(environment=local, local=True, origin=f"an empty local state ({why})")


def stack_file(stack: str) -> Path:
    """Path of the stack's settings."""
    return CHECKOUT / f"Pulumi.{stack}.yaml"


def copy_stack_file(stack: str) -> Path:
    """Copy the stack file to where the engine may write its encryption salt; the tracked file stays as it is.

    The folder of the copy holds ``Pulumi.yaml`` as well, so that a stack can be made from inside it.
    """
    copy = WORK / "stacks" / f"Pulumi.{stack}.yaml"
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(CHECKOUT / "Pulumi.yaml", copy.with_name("Pulumi.yaml"))
    shutil.copyfile(stack_file(stack), copy)
    return copy
