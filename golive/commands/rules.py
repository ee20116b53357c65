"""``golive rules``: what the guardrails ask, and why."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final

import typer
import yaml
from guardrails.exceptions import enforcement
from guardrails.exceptions.levels import Level
from guardrails.model.resources import Kind, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachPod, Rule, WholeStack
from guardrails.rules import RULES

from golive.commands.check import RuleError, named
from golive.evaluation.exceptions import of_stack, today
from settings.errors import SettingsError

RENEW: Final = "golive rules docs --output docs/rules.md"
"""The command that renews the generated page."""

UNKNOWN_RULE, UNWRITABLE, UNREADABLE = 2, 2, 2

_ALL: Final = (*RULES, *enforcement.OWN)

app = typer.Typer(add_completion=False, invoke_without_command=True, help="List and explain the guardrails' rules.")


@app.callback()
def rules(
    context: typer.Context,
    stack: Annotated[
        str, typer.Option("--stack", "-s", help="Show the levels of Pulumi.STACK.yaml as well.", show_default=False)
    ] = "",
) -> None:
    """List the rules: id, severity, a stack's level, title, the checklist lines they answer."""
    if context.invoked_subcommand is not None:
        return
    try:
        levels = of_stack(stack, today()).enforcement.levels if stack else None
    except SettingsError as error:
        typer.echo(f"golive rules: {error}", err=True)
        raise typer.Exit(UNREADABLE) from None
    width = max(len(rule.id) for rule in _ALL)
    for rule in _ALL:
        level = "" if levels is None else f"{levels.get(rule.id, Level.MANDATORY):9}  "
        typer.echo(f"{rule.id:{width}}  {rule.severity.value:8}  {level}{rule.title} ({_covers(rule)})")


@app.command()
def show(
    rule: Annotated[str, typer.Argument(metavar="ID", help="The rule, such as run-as-non-root.", show_default=False)],
) -> None:
    """Explain one rule: why, how to fix a breach, and examples that it allows and refuses, as YAML."""
    try:
        found = named(rule, _ALL)
    except RuleError as error:
        typer.echo(f"golive rules: {error}", err=True)
        raise typer.Exit(UNKNOWN_RULE) from None
    typer.echo("\n".join(_explained(found)))


@app.command()
def docs(
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The file, instead of stdout.")] = None,
) -> None:
    """Write the page about all rules, as it stands in docs/rules.md."""
    if output is None:
        typer.echo(page(), nl=False)
        return
    try:
        output.write_text(page(), encoding="utf-8")
    except OSError as error:
        typer.echo(f"golive rules: {output} cannot be written ({(error.strerror or 'no reason').lower()}).", err=True)
        raise typer.Exit(UNWRITABLE) from None


def page() -> str:
    """The page about all rules, in Markdown, in the order in which they speak."""
    lines = [
        "# Rules",
        "",
        f"Generated from the rules by `{RENEW}`. Do not edit.",
        "",
        f"{len(_ALL)} rules. `golive rules show ID` prints every example of one.",
        "",
        "| rule | severity | what is true of a stack that keeps it | checklist lines |",
        "| --- | --- | --- | --- |",
    ]
    lines += [
        f"| [`{rule.id}`](#{rule.id}) | {rule.severity.value} | {_cell(rule.title)} | {_covers(rule)} |"
        for rule in _ALL
    ]
    for rule in _ALL:
        lines += ["", *_section(rule)]
    return "\n".join(lines) + "\n"


def _section(rule: Rule) -> Iterator[str]:
    """One rule, with one allowed and one refused example in full and the names of the others."""
    yield from (f"## {rule.id}", "", f"{rule.title}. {rule.why}", "", f"**Fix:** {rule.fix}", "")
    yield f"- Severity: {rule.severity.value}"
    yield f"- Answers: {_covers(rule)}"
    yield f"- Asks: {_scope(rule)}"
    if rule.kinds:
        yield f"- Kinds: {', '.join(f'`{kind}`' for kind in sorted(rule.kinds))}"
        yield f"- Allows: {'; '.join(rule.allows)}"
        yield f"- Refuses: {'; '.join(rule.refuses)}"
    for name, refusal in list(rule.refuses.items())[:1]:
        yield from ("", "<details>", f"<summary>Refused: {name}</summary>", "", "```yaml")
        yield from (*manifest(refusal.resources), "```", "")
        yield from (*(f"> {says}." for says in refusal.says), "", "</details>")


def _explained(rule: Rule) -> Iterator[str]:
    yield from (rule.id, f"  {rule.title}.", "")
    yield f"why       {rule.why}"
    yield f"fix       {rule.fix}"
    yield f"severity  {rule.severity.value}"
    yield f"covers    {_covers(rule)}"
    yield f"asks      {_scope(rule)}"
    if rule.kinds:
        yield f"kinds     {', '.join(sorted(rule.kinds))}"
    for name, resources in rule.allows.items():
        yield from ("", f"# allowed: {name}", *manifest(resources))
    for name, refusal in rule.refuses.items():
        yield from ("", f"# refused: {name}", *(f"#   {says}" for says in refusal.says))
        yield from manifest(refusal.resources)


def _covers(rule: Rule) -> str:
    return ", ".join(rule.covers) or "no checklist line"


def _scope(rule: Rule) -> str:
    if not rule.kinds:
        return f"{enforcement.KEY} in the stack file; it can be neither lowered nor waived nor skipped"
    if isinstance(rule.check, WholeStack):
        return "all objects together"
    return "every pod, in any kind that runs pods" if isinstance(rule.check, EachPod) else "every object alone"


def manifest(resources: tuple[Resource, ...]) -> Iterator[str]:
    """YAML as one would write it; a resource of another package shows its type token and its inputs."""
    for position, each in enumerate(resources):
        if position:
            yield "---"
        shown = _shown(each.props)
        kind = Kind.of_token(each.type)
        if kind is None:
            shown = {"type": each.type, "properties": shown}
        elif isinstance(shown, dict):
            shown = {"apiVersion": kind.api_version, "kind": kind.name, **shown}
        text: str = yaml.dump(shown, Dumper=_Dumper, sort_keys=False, width=4096, allow_unicode=True)
        yield from text.removesuffix("...\n").splitlines()


def _shown(value: Plain) -> object:
    if isinstance(value, Unknown):
        return f"<{value.value}>"
    if isinstance(value, dict):
        return {key: _shown(item) for key, item in value.items()}
    return [_shown(item) for item in value] if isinstance(value, list) else value


class _Dumper(yaml.SafeDumper):
    """Writes repeated values out and long lists below each other."""

    def ignore_aliases(self, data: object) -> bool:
        """Examples share parts; a reader wants to see them."""
        del data
        return True


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
