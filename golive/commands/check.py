"""``golive check``: judge rendered manifests by the guardrails, without the engine."""

import argparse
import difflib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from guardrails.exceptions import enforcement
from guardrails.exceptions.levels import Level
from guardrails.rule import Rule
from guardrails.rules import RULES

from golive.commands.output import UNJUDGED, Format, show, warn
from golive.evaluation.exceptions import NONE, Terms, of_file, of_stack, today
from golive.evaluation.manifests import judged
from settings.errors import SettingsError

HELP: Final = """Judge Kubernetes manifests by the guardrails: YAML or JSON, many documents a file, lists.

In folders, all files that end in .yaml, .yml or .json are read. Documents that are no Kubernetes objects are listed as
not judged. Every rule is mandatory, unless a stack's file lowers it; with levels and waivers, name all manifests of the
stack, for a waiver that none of them needs is a violation.

Exit codes: 0 clean, 1 violations, 2 something could not be read or nothing was judged; the rest is judged anyway.
"""


def check(arguments: Sequence[str]) -> int:
    """Run the verb with these words of a command line, and return its exit code.

    It reads them itself: Typer takes as long to load as it takes to judge a thousand manifests.
    Raises ``SystemExit`` for words that it does not know, and for ``--help``.
    """
    asked = _command_line().parse_intermixed_args(arguments)
    try:
        terms = _terms(asked.stack, asked.guardrails)
        report = judged(asked.paths, chosen(asked.rule, asked.skip), terms, Level(asked.level))
    except (RuleError, SettingsError) as error:
        warn(f"golive check: {error}")
        return UNJUDGED
    return show(report, Format(asked.format), asked.output, "golive check")


def _command_line() -> argparse.ArgumentParser:
    line = argparse.ArgumentParser(
        prog="golive check",
        description=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = line.add_argument
    add("paths", metavar="PATH", nargs="+", help="files, folders, or - for stdin")
    add("-f", "--format", choices=list(map(str, Format)), default=str(Format.TEXT), help="how to report (text)")
    add("-o", "--output", metavar="FILE", type=Path, help="the report's file, instead of stdout")
    add("--rule", metavar="ID", action="append", default=[], help="ask this rule only; repeatable")
    add("--skip", metavar="ID", action="append", default=[], help="leave this rule out; repeatable")
    add(
        "--level",
        choices=list(map(str, Level)),
        default=str(Level.MANDATORY),
        help="fail from this level on; findings below are shown all the same (mandatory)",
    )
    add("-s", "--stack", default="", help="take levels and waivers from Pulumi.STACK.yaml")
    add(
        "--guardrails",
        metavar="FILE",
        type=Path,
        help="take levels and waivers from this file, which holds nothing else",
    )
    return line


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
