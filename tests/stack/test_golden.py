"""What each stack consists of, as one reviewed line a resource: a rename or a loss is a visible diff."""

import os
from pathlib import Path

import pytest

from tests.support.shipped import STACKS, planned

GOLDEN = Path(__file__).parents[1] / "golden"
RENEW = "run `make golden`, read the diff, and commit it if it is what you wanted"


def outline(stack: str) -> str:
    return "".join(f"{resource.path}\n" for resource in planned(stack))


@pytest.mark.parametrize("stack", STACKS)
def test_outline_is_as_reviewed(stack: str) -> None:
    golden = GOLDEN / f"{stack}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(outline(stack))
    assert golden.is_file(), f"{golden.name} is missing: {RENEW}"
    before, now = golden.read_text().splitlines(), outline(stack).splitlines()
    assert sorted(set(now) - set(before)) == [], f"new in {stack}: {RENEW}"
    assert sorted(set(before) - set(now)) == [], f"gone from {stack}: {RENEW}"
    assert before == now, RENEW


def test_no_outline_of_a_stack_that_is_gone() -> None:
    assert sorted(path.stem for path in GOLDEN.iterdir()) == sorted(STACKS), RENEW
