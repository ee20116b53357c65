"""``golive report``: what the guardrails made of a preview, in the formats of ``golive check``."""

import json
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from guardrails.evaluation import transcript
from guardrails.exceptions import enforcement
from guardrails.exceptions.levels import Level
from guardrails.exceptions.waivers import FIELDS, Waiver
from guardrails.rule import Rule
from guardrails.rules import RULES

from golive.commands.output import Format, show
from golive.reports.model import Located, Report, Subject
from golive.yaml.document import Unreadable

_RULES = {rule.id: rule for rule in (*RULES, *enforcement.OWN)}


class TranscriptError(Exception):
    """A sentence about a transcript that tells no whole story."""


def report(
    file: Annotated[Path, typer.Argument(metavar="TRANSCRIPT", help="What the pack wrote down.", show_default=False)],
    exit_code: Annotated[int, typer.Option(help="The exit code of that preview.", show_default=False)],
    format_: Annotated[Format, typer.Option("--format", "-f", help="How to report.")] = Format.TEXT,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The report's file, instead of stdout.", show_default=False)
    ] = None,
    level: Annotated[
        Level, typer.Option(help="Fail from this level on. Findings below are shown all the same.")
    ] = Level.MANDATORY,
) -> None:
    """Report on a preview: what broke, what passed, what did not apply, and the waivers.

    The pack writes a transcript to the file that GOLIVE_TRANSCRIPT names while the engine previews. A preview that
    ended early, or that failed for another reason than a violation, never looks clean.

    Exit codes: 0 clean, 1 violations, 2 the preview did not come to its end.
    """
    try:
        made = told(json.loads(file.read_bytes()), exit_code, level)
    except OSError as error:
        made = _failed(f"{file} cannot be read ({(error.strerror or 'no reason').lower()}). Preview again.", level)
    except (TranscriptError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        says = str(error) if isinstance(error, TranscriptError) else "it is no transcript of this version's guardrails."
        made = _failed(f"{file}: {says} Preview again.", level)
    code = show(made, format_, output, "golive report")
    if code:
        raise typer.Exit(code)


def told(said: dict[str, Any], exit_code: int, fails_from: Level = Level.MANDATORY) -> Report:
    """Make a report of a transcript. Raises ``TranscriptError``, or what a malformed one makes Python raise."""
    if said["golive"] != "transcript" or said["schema"] != transcript.SCHEMA:
        raise TranscriptError("it is no transcript of this version's guardrails.")
    stack = str(said["stack"])
    if said["over"] is not True:
        raise TranscriptError(f"the preview of {stack} ended before the guardrails had judged everything.")
    rules = [_RULES[str(rule)] for rule in said["rules"]]
    if rules != list(RULES):
        raise TranscriptError("it was judged by other rules than these.")
    file = f"Pulumi.{stack}.yaml"
    subjects = [_subject(one, file) for one in said["objects"]]
    waivers = {str(one["path"]): _waiver(one) for one in said["waivers"]}
    located = [_located(one, subjects, waivers, file) for one in said["findings"]]
    passed = [(_RULES[rule].id, subjects[position]) for rule, where in said["passed"].items() for position in where]
    broken = {each.rule for each in located}
    passed += [(rule.id, _whole(file)) for rule in enforcement.OWN if rule.id not in broken]
    blocked = any(each.waiver is None and each.level == Level.MANDATORY for each in located)
    return Report(
        rules=[*rules, *enforcement.OWN],
        findings=[each for each in located if each.waiver is None],
        waived=[each for each in located if each.waiver is not None],
        passed=passed,
        subjects=subjects,
        unread=_unlike(exit_code, stack, blocked=blocked),
        not_judged=(),
        files=0,
        waivers=tuple(waivers.values()),
        today=date.fromisoformat(said["today"]),
        fails_from=fails_from,
        stack=stack,
    )


def _unlike(exit_code: int, stack: str, *, blocked: bool) -> list[Unreadable]:
    """What the guardrails can't have seen: the engine's end does not fit to what they found."""
    if bool(exit_code) == blocked:
        return []
    says = (
        f"the preview ended with exit code {exit_code}, and no violation explains it. Its own output says why."
        if exit_code
        else "the preview succeeded in spite of violations. Make sure that the transcript belongs to it."
    )
    return [Unreadable(file=f"preview of {stack}", line=0, column=0, says=says)]


def _failed(says: str, fails_from: Level) -> Report:
    """The report of a preview that nothing is known of."""
    return Report(
        rules=[],
        findings=[],
        passed=[],
        subjects=[],
        unread=[Unreadable(file="golive report", line=0, column=0, says=says)],
        not_judged=(),
        files=0,
        fails_from=fails_from,
        stack="an unknown stack",
    )


def _subject(one: dict[str, Any], file: str) -> Subject:
    namespace = one["namespace"]
    return Subject(
        file=file,
        line=0,
        kind=str(one["kind"]),
        namespace=None if namespace is None else str(namespace),
        name=str(one["name"]),
        urn=str(one["urn"]),
    )


def _whole(file: str) -> Subject:
    return Subject(file=file, line=0, kind="", namespace=None, name="the stack")


def _waiver(one: dict[str, Any]) -> Waiver:
    said = {field: str(one[field]) for field in FIELDS if field != "expires"}
    expires = date.fromisoformat(one["expires"])
    return Waiver(**said, expires=expires, path=str(one["path"]), holds=one["holds"] is True)


def _located(one: dict[str, Any], subjects: list[Subject], waivers: dict[str, Waiver], file: str) -> Located:
    rule: Rule = _RULES[one["rule"]]
    position, waiver = one["object"], one["waiver"]
    return Located(
        rule=rule.id,
        level=Level(one["level"]),
        subject=_whole(file) if position is None else subjects[position],
        line=0,
        path=str(one["path"]),
        message=str(one["message"]),
        fix=str(one["fix"]),
        covers=rule.covers,
        waiver=None if waiver is None else waivers[waiver],
    )
