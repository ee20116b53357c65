"""The page about levels and waivers shows what is read as it says."""

import re
from pathlib import Path

import pytest
from guardrails.exceptions.levels import LOWERED_IN, Level
from guardrails.exceptions.waivers import FIELDS, LONGEST, MOST
from guardrails.model.values import plain
from ruamel.yaml import YAML

from golive.evaluation.exceptions import of_stack_file
from tests.support.waiver_data import TODAY, enforcing

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PART = PAGE.split("## Levels and waivers")[1].split("\n## ")[0]


def test_the_example_is_sound_in_dev() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PART, flags=re.DOTALL)
    said = YAML(typ="safe").load(example)["config"]["golive:guardrails"]
    enforcement = enforcing(plain(said), "dev")
    assert enforcement.faults == ()
    assert list(enforcement.levels.values()) == [Level.ADVISORY]
    (waiver,) = enforcement.waivers
    assert (waiver.holds, waiver.days_left(TODAY)) == (True, 30)
    assert tuple(said["waivers"][0]) == FIELDS


def test_the_limits_are_the_ones_it_states() -> None:
    assert (LONGEST, MOST, sorted(LOWERED_IN)) == (90, 10, ["dev"])
    assert "at most 90 days ahead. A stack has at most ten waivers." in PART
    assert "Only `dev` may lower a rule." in PART


@pytest.mark.parametrize("stack", ["dev", "staging", "prod"])
def test_the_shipped_stacks_say_nothing_wrong(stack: str) -> None:
    terms = of_stack_file(ROOT / f"Pulumi.{stack}.yaml", TODAY)
    assert terms.listed() == []
    assert terms.enforcement.waivers == ()
    assert bool(terms.enforcement.levels) == (stack == "dev")


def test_the_change_windows_are_sound() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE.split("## Change windows")[1].split("\n## ")[0], flags=re.DOTALL)
    enforcement = enforcing(plain(YAML(typ="safe").load(example)["config"]["golive:guardrails"]))
    assert enforcement.faults == ()
    assert enforcement.changes is not None
    assert enforcement.changes.windows is not None
