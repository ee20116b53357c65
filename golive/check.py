"""``golive check``: judge rendered manifests by the guardrails, without the engine."""

import difflib
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from guardrails.court import judge_resource, judge_stack
from guardrails.resources import ANY, Object, Resource, objects
from guardrails.rule import EachPod, Rule
from guardrails.rules import RULES
from guardrails.verdict import Finding
from guardrails.workloads import WORKLOADS, pods

from golive.reading.document import Document, Unreadable, line_of
from golive.reading.objects import NotJudged, resource
from golive.reading.parser import parse
from golive.reading.sources import STDIN, content, files
from golive.reports import FORMATS, as_text
from golive.reports.model import Located, Report, Subject

VIOLATIONS, UNJUDGED = 1, 2
"""The exit codes of violations, and of anything that could not be read or judged; the higher one counts."""

MANDATORY = "mandatory"
"""The level of every rule; a stack's own levels do not reach manifests."""

_ITEMS = re.compile(r"items\[\d+\](?:\.items\[\d+\])*")
_WHOLE = Subject(file="", line=0, kind="", namespace=None, name="the stack")


@dataclass(frozen=True, kw_only=True)
class _Opened:
    """One object of a document."""

    found: Object
    subject: Subject
    has_pods: bool
    """It is of a foreign kind and runs pods."""


class Format(StrEnum):
    """The names of ``FORMATS``."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"
    MARKDOWN = "markdown"


def check(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Files, folders, or - for stdin.", show_default=False)
    ],
    format_: Annotated[Format, typer.Option("--format", "-f", help="How to report.")] = Format.TEXT,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The report's file, instead of stdout.", show_default=False)
    ] = None,
    rule: Annotated[list[str] | None, typer.Option(help="Ask this rule only; repeatable.", show_default=False)] = None,
    skip: Annotated[list[str] | None, typer.Option(help="Leave this rule out; repeatable.", show_default=False)] = None,
) -> None:
    """Judge Kubernetes manifests by the guardrails: YAML or JSON, many documents a file, lists.

    In folders, all files that end in .yaml, .yml or .json are read. Documents that are no Kubernetes objects are listed
    as not judged.

    Exit codes: 0 clean, 1 violations, 2 something could not be read or nothing was judged; the rest is judged anyway.
    """
    try:
        report = judged(paths, chosen(rule or (), skip or ()))
        _show(report, format_, output)
    except RuleError as error:
        typer.echo(f"golive check: {error}", err=True)
        raise typer.Exit(UNJUDGED) from None
    except OSError as error:
        typer.echo(f"golive check: {output} cannot be written ({(error.strerror or 'no reason').lower()}).", err=True)
        raise typer.Exit(UNJUDGED) from None
    if report.unread or report.findings:
        raise typer.Exit(UNJUDGED if report.unread else VIOLATIONS)


class RuleError(Exception):
    """A sentence for the user about rules that do not exist."""


def chosen(only: Iterable[str], skipped: Iterable[str], rules: Sequence[Rule] = RULES) -> list[Rule]:
    """The rules to ask: those named, or all, without those to skip. Raises ``RuleError``."""
    wanted, unwanted = set(only), set(skipped)
    for name in sorted(wanted | unwanted):
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


def judged(paths: Iterable[str], rules: Sequence[Rule]) -> Report:
    """Read everything, then judge every object alone and all of them together."""
    run = _Run(rules)
    for file in files(paths):
        if isinstance(file, Unreadable):
            run.unread.append(file)
            continue
        read = content(file)
        if isinstance(read, Unreadable):
            run.unread.append(read)
            continue
        run.files += 1
        for document in parse(read, STDIN if file == "-" else file):
            run.take(document)
    return run.report()


class _Run:
    """One run, while it reads."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = rules
        self.unread: list[Unreadable] = []
        self.files = 0
        self._not_judged: list[NotJudged] = []
        self._documents: list[Document] = []
        self._resources: list[Resource] = []

    def take(self, document: Document | Unreadable) -> None:
        """Keep one document, or why there is none."""
        if isinstance(document, Unreadable):
            self.unread.append(document)
            return
        made = resource(document, str(len(self._documents)))
        if isinstance(made, Unreadable):
            self.unread.append(made)
        elif isinstance(made, NotJudged):
            self._not_judged.append(made)
        else:
            self._documents.append(document)
            self._resources.append(made)

    def report(self) -> Report:
        """Judge what was kept."""
        located: list[Located] = []
        passed: list[tuple[str, Subject]] = []
        subjects: list[Subject] = []
        together: dict[str, list[Finding]] = {}
        for finding in judge_stack(self._resources, self.rules):
            together.setdefault(finding.fault.urn, []).append(finding)
        by_id = {rule.id: rule for rule in self.rules}
        located += [_located(finding, by_id[finding.rule], _WHOLE, 0) for finding in together.get("", ())]
        everywhere = {finding.rule for finding in located}
        for document, each in zip(self._documents, self._resources, strict=True):
            findings = [*judge_resource(each, self.rules), *together.get(each.urn, ())]
            places = document.places() if findings or _is_list(each) else {"": document.line}
            opened = _opened(document, each, places)
            subjects += [one.subject for one in opened.values()]
            broken: set[tuple[str, str | None]] = {(rule, None) for rule in everywhere}
            for finding in findings:
                path = finding.fault.path
                item = _item(path, opened)
                subject = opened[item].subject if item is not None else _of(document, each)
                located.append(_located(finding, by_id[finding.rule], subject, line_of(places, path)))
                broken.add((finding.rule, item))
            passed += _passed(self.rules, opened, broken)
        if not subjects and not self.unread:
            says = "found no Kubernetes object, so nothing was judged. Name the rendered manifests."
            self.unread.append(Unreadable(file="golive check", line=0, column=0, says=says))
        return Report(
            rules=self.rules,
            findings=located,
            passed=passed,
            subjects=subjects,
            unread=self.unread,
            not_judged=self._not_judged,
            files=self.files,
        )


def _is_list(each: Resource) -> bool:
    return isinstance(each.props, dict) and isinstance(each.props.get("items"), list)


def _opened(document: Document, each: Resource, places: dict[str, int]) -> dict[str, _Opened]:
    """The objects of a document by their paths: one with the path "", or the items of a list."""
    opened: dict[str, _Opened] = {}
    try:
        for found in objects(each, {}):
            has_pods = found.id not in WORKLOADS and any(True for _ in pods(found))
            opened[found.path] = _Opened(found=found, subject=_subject(document, found, places), has_pods=has_pods)
    except Exception:  # noqa: BLE001 - the court has refused this document already
        return {}
    return opened


def _subject(document: Document, found: Object, places: dict[str, int]) -> Subject:
    name = found.at("metadata", "name").plain
    generated = found.at("metadata", "generateName").plain
    title = next((text for text in (name, generated) if isinstance(text, str) and text), "")
    kind = found.kind.name if found.kind is not None else ""
    line = line_of(places, found.path)
    return Subject(file=document.file, line=line, kind=kind or "item", namespace=found.namespace, name=title)


def _of(document: Document, each: Resource) -> Subject:
    """A document that was not opened, or a fault that belongs to no single item of a list."""
    kind = each.type.rpartition(":")[2]
    return Subject(file=document.file, line=document.line, kind=kind, namespace=None, name="")


def _item(path: str, opened: dict[str, _Opened]) -> str | None:
    """The path of the object that holds a place; None if it is none's alone."""
    found = _ITEMS.match(path)
    item = found[0] if found else ""
    while item and item not in opened:
        item = item.rpartition(".")[0]
    return item if item in opened else None


def _located(finding: Finding, rule: Rule, subject: Subject, line: int) -> Located:
    fault = finding.fault
    return Located(
        rule=rule.id,
        level=MANDATORY,
        subject=subject,
        line=line,
        path=fault.path,
        message=f"{fault.says}.",
        fix=finding.fix,
        covers=rule.covers,
    )


def _passed(
    rules: Sequence[Rule], opened: dict[str, _Opened], broken: set[tuple[str, str | None]]
) -> Iterator[tuple[str, Subject]]:
    for item, one in opened.items():
        for rule in rules:
            if _applies(rule, one) and not {(rule.id, item), (rule.id, None)} & broken:
                yield rule.id, one.subject


def _applies(rule: Rule, one: _Opened) -> bool:
    """Whether the court asks this rule about the object."""
    asked = one.found.id in rule.kinds or one.found.id == ANY
    return asked or (one.has_pods and isinstance(rule.check, EachPod))


def _show(report: Report, format_: Format, output: Path | None) -> None:
    if format_ is Format.TEXT:
        text = as_text.write(report, colour=output is None and _has_colours())
    else:
        text = FORMATS[format_](report)
    encoded = text.encode("utf-8", "backslashreplace")
    if output is not None:
        output.write_bytes(encoded)
    else:
        typer.echo(encoded, nl=False, color=True)
    if output is not None or format_ is not Format.TEXT:
        for one in report.unread:
            typer.echo(f"golive check: {one}".encode("utf-8", "backslashreplace"), err=True)


def _has_colours() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
