"""The command ``golive rules`` lists and explains, and its page in docs/ is never out of date."""

from pathlib import Path

import pytest
import yaml
from guardrails import RULES
from guardrails.exceptions.enforcement import OWN as ALL_OWN
from guardrails.exceptions.enforcement import RULE as OWN
from guardrails.model.resources import Resource
from guardrails.model.values import Unknown
from guardrails.rule import Rule
from typer.testing import CliRunner, Result

from golive.commands import rules
from golive.commands.app import app

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"


def run(*arguments: str) -> Result:
    """Run the command with a terminal wide enough to break no line."""
    runner = CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"})
    return runner.invoke(app, ["rules", *arguments])


def test_lists_every_rule_once() -> None:
    result = run()
    assert (result.exit_code, result.stderr) == (0, "")
    assert [line.split()[0] for line in result.stdout.splitlines()] == [rule.id for rule in (*RULES, *ALL_OWN)]
    (line,) = [line for line in result.stdout.splitlines() if line.startswith("image-tag-pinned ")]
    assert line.split(maxsplit=1)[1] == "high      Container images name a version (production:41)"


def test_lists_the_levels_of_a_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PAGE.parent.parent)
    shown = {line.split()[0]: line.split()[2] for line in run("--stack", "dev").stdout.splitlines()}
    assert (shown["image-tag-pinned"], shown["probes"], shown[OWN.id]) == ("advisory", "mandatory", "mandatory")
    lost = run("--stack", "nowhere")
    assert (lost.exit_code, lost.stdout) == (2, "")
    assert lost.stderr.startswith("golive rules: Pulumi.nowhere.yaml: can't be read\n  found no such file; ")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_explains_every_rule_with_examples_that_are_yaml(rule: Rule) -> None:
    result = run("show", rule.id)
    assert (result.exit_code, result.stderr) == (0, "")
    head, _, examples = result.stdout.partition("\n# allowed: ")
    assert head.startswith(f"{rule.id}\n  {rule.title}.\n\nwhy       {rule.why}\nfix       {rule.fix}\n")
    documents = list(yaml.safe_load_all(f"# {examples}".replace("\n# refused: ", "\n---\n# ")))
    assert all(isinstance(document, dict) for document in documents if document is not None)
    for name in (*rule.allows, *rule.refuses):
        assert name in examples


def test_explains_the_rule_about_the_stack_file() -> None:
    result = run("show", OWN.id)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines()[-1] == (
        "asks      golive:guardrails in the stack file; it can be neither lowered nor waived nor skipped"
    )


def test_an_unknown_rule_names_the_nearest() -> None:
    result = run("show", "run-as-nonroot")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "golive rules: there is no rule 'run-as-nonroot'. Did you mean 'run-as-non-root'? `golive rules` lists all.\n"
    )


def test_examples_of_other_packages_and_unknowns_are_shown() -> None:
    bucket = Resource(type="aws:s3/bucket:Bucket", name="b", props={"acl": Unknown.LATER, "tags": [1]})
    assert list(rules.manifest((bucket, bucket)))[:5] == [
        "type: aws:s3/bucket:Bucket",
        "properties:",
        "  acl: <is known only after deployment>",
        "  tags:",
        "  - 1",
    ]
    assert list(rules.manifest((bucket, bucket)))[5] == "---"


def test_the_page_is_up_to_date() -> None:
    shown = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    assert shown == rules.page(), f"docs/rules.md is out of date. Renew it with: {rules.RENEW}"


def test_the_page_is_written_where_it_is_sent(tmp_path: Path) -> None:
    path = tmp_path / "rules.md"
    result = run("docs", "--output", str(path))
    assert (result.exit_code, result.stdout) == (0, "")
    assert path.read_text(encoding="utf-8") == run("docs").stdout == rules.page()
    lost = run("docs", "--output", str(tmp_path / "no" / "rules.md"))
    assert lost.exit_code == 2
    assert lost.stderr == f"golive rules: {tmp_path}/no/rules.md cannot be written (no such file or directory).\n"
