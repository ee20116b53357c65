"""The page about the neighbours' checks names rules that exist, and each check once."""

import re
from pathlib import Path

from guardrails import RULES

PAGE = (Path(__file__).parents[2] / "docs" / "aws-checks.md").read_text()
CHECK = re.compile(r"CKV2?_AWS_\d+|AWS-\d{4}")


def test_every_rule_that_it_names_exists() -> None:
    named = set(re.findall(r"rules\.md#([a-z-]+)", PAGE))
    assert named
    assert named <= {rule.id for rule in RULES}


def test_each_check_is_named_once() -> None:
    checks = [check for line in PAGE.splitlines() if line.startswith("| ") for check in CHECK.findall(line)]
    assert sorted({check for check in checks if checks.count(check) > 1}) == []
    assert len(checks) > 200


def test_every_check_that_we_lack_has_its_reason() -> None:
    rows = PAGE.partition("## Not asked by us")[2].splitlines()[4:]
    assert rows
    for row in rows:
        _, _, why, _ = row.split("|")
        assert why.strip().endswith(".") or "`" in why, row
