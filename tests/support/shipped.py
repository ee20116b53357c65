"""The stacks that ship, planned from their own files by the program's own build."""

from functools import cache
from pathlib import Path

from settings.load import read
from stack.build import build
from tests.support.plan import Planned, plan

CHECKOUT = Path(__file__).resolve().parents[2]
STACKS = ("dev", "staging", "prod")


@cache
def planned(stack: str) -> tuple[Planned, ...]:
    """Plan one shipped stack."""
    return planned_from(CHECKOUT / f"Pulumi.{stack}.yaml")


def planned_from(file: Path) -> tuple[Planned, ...]:
    """Plan the stack that a stack file wants: ``Pulumi.<stack>.yaml``."""
    settings = read(file)
    return plan(lambda: build(settings), stack_name=file.name.split(".")[1])
