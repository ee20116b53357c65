"""The stacks that ship, planned from their own files by the program's own build."""

from functools import cache
from pathlib import Path

from plan import Planned, plan

from settings.load import read
from stack.build import build

CHECKOUT = Path(__file__).resolve().parent.parent
STACKS = ("dev", "staging", "prod")


@cache
def planned(stack: str) -> tuple[Planned, ...]:
    """Plan one shipped stack."""
    return planned_from(CHECKOUT / f"Pulumi.{stack}.yaml")


def planned_from(file: Path) -> tuple[Planned, ...]:
    """Plan the stack that a stack file wants: ``Pulumi.<stack>.yaml``."""
    settings = read(file)
    return plan(lambda: build(settings), stack_name=file.name.split(".")[1])
