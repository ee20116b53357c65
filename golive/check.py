"""``golive check``: judge rendered manifests by the guardrails, without the engine."""

import difflib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from guardrails import enforcement
from guardrails.levels import Level
from guardrails.rule import Rule
from guardrails.rules import RULES

from golive.enforcement import NONE, Terms, of_file, of_stack, today
from golive.judging import judged
from golive.showing import UNJUDGED, Format, show
from settings.errors import SettingsError


def check(  # noqa: PLR0913, PLR0917 - one parameter for each option
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Files, folders, or - for stdin.", show_default=False)
    ],
    format_: Annotated[Format, typer.Option("--format", "-f", help="How to report.")] = Format.TEXT,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The report's file, instead of stdout.", show_default=False)
    ] = None,
    rule: Annotated[list[str] | None, typer.Option(help="Ask this rule only; repeatable.", show_default=False)] = None,
    skip: Annotated[list[str] | None, typer.Option(help="Leave this rule out; repeatable.", show_default=False)] = None,
    level: Annotated[
        Level, typer.Option(help="Fail from this level on. Findings below are shown all the same.")
    ] = Level.MANDATORY,
    stack: Annotated[
        str, typer.Option("--stack", "-s", help="Take levels and waivers from Pulumi.STACK.yaml.", show_default=False)
    ] = "",
    guardrails: Annotated[
        Path | None,
        typer.Option(help="Take levels and waivers from this file, which holds nothing else.", show_default=False),
    ] = None,
) -> None:
    """Judge Kubernetes manifests by the guardrails: YAML or JSON, many documents a file, lists.

    In folders, all files that end in .yaml, .yml or .json are read. Documents that are no Kubernetes objects are listed
    as not judged. Every rule is mandatory, unless a stack's file lowers it; with levels and waivers, name all manifests
    of the stack, for a waiver that none of them needs is a violation.

    Exit codes: 0 clean, 1 violations, 2 something could not be read or nothing was judged; the rest is judged anyway.
    """
    try:
        report = judged(paths, chosen(rule or (), skip or ()), _terms(stack, guardrails), level)
        code = show(report, format_, output, "golive check")
    except RuleError as error:
        typer.echo(f"golive check: {error}", err=True)
        raise typer.Exit(UNJUDGED) from None
    except SettingsError as error:
        typer.echo(f"golive check: {error}", err=True)
        raise typer.Exit(UNJUDGED) from None
    if code:
        raise typer.Exit(code)


class RuleError(Exception):
    """A sentence for the user about rules that do not exist."""


def chosen(only: Iterable[str], skipped: Iterable[str], rules: Sequence[Rule] = RULES) -> list[Rule]:
    """The rules to ask: those named, or all, without those to skip. Raises ``RuleError``."""
    wanted, unwanted = set(only), set(skipped)
    for name in sorted(wanted | unwanted):
        if name in {rule.id for rule in enforcement.OWN}:
            raise RuleError(f"{name} is asked of every stack file and can be neither chosen nor skipped.")
        named(name, rules)
    asked = [rule for rule in rules if (not wanted or rule.id in wanted) and rule.id not in unwanted]
    if not asked:
        raise RuleError("no rule is left to ask. Name fewer rules with --skip.")
    return asked


def named(name: str, rules: Sequence[Rule] = RULES) -> Rule:
    """The rule of this id. Raises ``RuleError`` with the nearest id there is."""
    found = next((rule for rule in rules if rule.id == name), None)
    if found is None:
        near = difflib.get_close_matches(name, [rule.id for rule in rules], n=1, cutoff=0)
        raise RuleError(f"there is no rule {name!r}. Did you mean {near[0]!r}? `golive rules` lists all.")
    return found


def _terms(stack: str, file: Path | None) -> Terms:
    if file is not None:
        return of_file(file, stack, today())
    return of_stack(stack, today()) if stack else NONE
