"""Judging manifests: from what the files hold to a report that says where everything is."""

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from guardrails.evaluation.session import EvaluationSession
from guardrails.exceptions import enforcement
from guardrails.exceptions.enforcement import EnforcedFinding
from guardrails.exceptions.levels import Level
from guardrails.exceptions.object_identity import Opened, item_of, opened, passes
from guardrails.model.resources import Resource
from guardrails.rule import Rule
from guardrails.rules import RULES

from golive.evaluation.exceptions import NONE, Terms
from golive.reports.model import Located, Report, Subject
from golive.yaml.document import Document, Unreadable, line_of
from golive.yaml.files import STDIN, content, files
from golive.yaml.objects import NotJudged, resource
from golive.yaml.parser import parse

_WHOLE = Subject(file="", line=0, kind="", namespace=None, name="the stack")


def judged(
    paths: Iterable[str], rules: Sequence[Rule], terms: Terms = NONE, fails_from: Level = Level.MANDATORY
) -> Report:
    """Read everything, then judge every object alone and all of them together."""
    run = _Run(rules, terms)
    with _kept():
        _read(run, paths)
        gc.freeze()
        gc.enable()
        return run.report(fails_from)


@contextmanager
def _kept() -> Iterator[None]:
    """Spare the collector the documents: they are trees, all are kept to the end, and to look them through takes time.

    Reading makes no cycles, so nothing is collected meanwhile; judging does, so it needs a collector.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.unfreeze()
        if was_on:
            gc.enable()
        else:
            gc.disable()


def _read(run: "_Run", paths: Iterable[str]) -> None:
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


class _Run:
    """One run, while it reads and judges."""

    def __init__(self, rules: Sequence[Rule], terms: Terms) -> None:
        self.rules = tuple(rules)
        self.unread: list[Unreadable] = []
        self.files = 0
        self._terms = terms
        self._by_id = {rule.id: rule for rule in (*rules, enforcement.RULE)}
        self._not_judged: list[NotJudged] = []
        self._documents: list[Document] = []
        self._resources: list[Resource] = []
        self._located: list[Located] = []
        self._passed: list[tuple[str, Subject]] = []
        self._subjects: list[Subject] = []

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

    def report(self, fails_from: Level) -> Report:
        """Judge what was kept."""
        trial = EvaluationSession(self._terms.enforcement, self.rules)
        for each in self._resources:
            trial.evaluate_resource(each.urn, lambda each=each: each)  # type: ignore[misc]  # the loop's own value
        together: dict[str, list[EnforcedFinding]] = {}
        for finding in [*trial.enforcement.own(), *trial.evaluate_stack(complete=False)]:
            together.setdefault(finding.urn, []).append(finding)
        whole = [self._about_all(finding) for finding in together.pop("", ())]
        everywhere: set[tuple[str, str | None]] = {(found.rule, None) for found in whole}
        for document, each in zip(self._documents, self._resources, strict=True):
            self._place(document, each, [*trial.alone[each.urn], *together.get(each.urn, ())], everywhere)
        if not self._subjects and not self.unread:
            says = "found no Kubernetes object, so nothing was judged. Name the rendered manifests."
            self.unread.append(Unreadable(file="golive check", line=0, column=0, says=says))
        located = [*whole, *self._located]
        return Report(
            rules=[*self.rules, *self._own_rule(whole)],
            findings=[each for each in located if each.waiver is None],
            waived=[each for each in located if each.waiver is not None],
            passed=self._passed,
            subjects=self._subjects,
            unread=self.unread,
            not_judged=self._not_judged,
            files=self.files,
            waivers=trial.enforcement.waivers,
            today=trial.enforcement.today,
            not_asked=[rule.id for rule in RULES if rule.id not in self._by_id],
            fails_from=fails_from,
        )

    def _own_rule(self, whole: list[Located]) -> list[Rule]:
        """The rule about the file of levels and waivers, where there is one. Without a breach it passes."""
        if not self._terms.file:
            return []
        if all(found.rule != enforcement.RULE.id for found in whole):
            self._passed.append((enforcement.RULE.id, _of_terms(self._terms.file, 1)))
        return [enforcement.RULE]

    def _about_all(self, finding: EnforcedFinding) -> Located:
        if finding.rule != enforcement.RULE.id:
            return located(finding, self._by_id[finding.rule], _WHOLE, 0)
        line = self._terms.line(finding)
        return located(finding, enforcement.RULE, _of_terms(self._terms.file, line), line)

    def _place(
        self,
        document: Document,
        each: Resource,
        findings: list[EnforcedFinding],
        everywhere: set[tuple[str, str | None]],
    ) -> None:
        """Give each finding about one document its line, and note what passed there."""
        places = document.places() if findings or _is_list(each) else {"": document.line}
        its = opened(each)
        subjects = {item: _subject(document, one, line_of(places, item)) for item, one in its.items()}
        self._subjects += subjects.values()
        broken = set(everywhere)
        for finding in findings:
            path = finding.path
            item = item_of(path, its)
            subject = subjects[item] if item is not None else _of(document, each)
            rule = self._by_id[finding.rule]
            self._located.append(located(finding, rule, subject, line_of(places, path)))
            broken.add((rule.id, item))
        self._passed += [(rule.id, subjects[item]) for rule, item in passes(self.rules, its, broken)]


def located(finding: EnforcedFinding, rule: Rule, subject: Subject, line: int) -> Located:
    """A finding with its place."""
    return Located(
        rule=rule.id,
        level=finding.level,
        subject=subject,
        line=line,
        path=finding.path,
        message=f"{finding.says}.",
        fix=finding.fix,
        covers=rule.covers,
        waiver=finding.waiver,
    )


def _is_list(each: Resource) -> bool:
    return isinstance(each.props, dict) and isinstance(each.props.get("items"), list)


def _subject(document: Document, one: Opened, line: int) -> Subject:
    name = one.identity
    return Subject(file=document.file, line=line, kind=name.kind, namespace=name.namespace, name=name.name)


def _of(document: Document, each: Resource) -> Subject:
    """A document that was not opened, or a fault that belongs to no single item of a list."""
    kind = each.type.rpartition(":")[2]
    return Subject(file=document.file, line=document.line, kind=kind, namespace=None, name="")


def _of_terms(file: str, line: int) -> Subject:
    return Subject(file=file, line=line, kind="", namespace=None, name="levels and waivers")
