"""The checklists' ids are kept as data, and only those exist."""

from collections import Counter

import pytest
from guardrails import RULES
from guardrails.rule import Rule

from checklists import lines


def test_holds_every_item_of_the_five_lists() -> None:
    assert Counter(id_.partition(":")[0] for id_ in lines()) == {
        "new-services": 73,
        "production": 90,
        "signal-service-v2": 110,
        "optibid": 155,
        "go-live-readiness": 134,
    }


def test_keeps_an_items_text() -> None:
    assert lines()["production:41"] == "Image tags locked (no latest tags)"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rules_cover_known_items(rule: Rule) -> None:
    assert set(rule.covers) <= set(lines()), "name items of checklists/lines.tsv"
