"""One run over one stack: each resource alone as it comes, then all together, and what the stack makes of it."""

from collections.abc import Callable, Iterable, Sequence

from guardrails.evaluation.evaluate import evaluate_resource, evaluate_stack, refuse_all
from guardrails.exceptions.enforcement import EnforcedFinding, Enforcement
from guardrails.exceptions.object_identity import Identity, item_of, opened
from guardrails.model.findings import Finding
from guardrails.model.resources import Resource
from guardrails.rule import Rule
from guardrails.rules import RULES


class EvaluationSession:
    """What was heard so far, by URN; resources that have none are given a mark in its place."""

    def __init__(self, enforcement: Enforcement, rules: Sequence[Rule] = RULES) -> None:
        self.enforcement = enforcement
        self.rules = rules
        self._each = tuple(rule for rule in rules if not rule.is_about_stack)
        self._whole = tuple(rule for rule in rules if rule.is_about_stack)
        self.resources: dict[str, Resource] = {}
        self.alone: dict[str, list[EnforcedFinding]] = {}
        """What is wrong with each resource alone; a resource that is heard again is ruled anew."""
        self.together: list[EnforcedFinding] = []
        """What is wrong with all of them together, once that is known."""

    @property
    def findings(self) -> list[EnforcedFinding]:
        """All of them, those about the stack file first."""
        return [*self.enforcement.own(), *(each for alone in self.alone.values() for each in alone), *self.together]

    def evaluate_resource(self, urn: str, read: Callable[[], Resource]) -> list[EnforcedFinding]:
        """Read one resource and judge it alone. What can't be read has passed no rule."""
        try:
            resource = self.resources[urn] = read()
            found = evaluate_resource(resource, self._each)
        except Exception as error:  # noqa: BLE001 - a resource that can't be read is refused, whatever is wrong with it
            found = refuse_all(self._each, urn, urn, error)
        self.alone[urn] = findings = self.enforcement.enforce(found, self._identify)
        return findings

    def evaluate_stack(
        self, read: Callable[[], Iterable[Resource]] | None = None, *, complete: bool = True
    ) -> list[EnforcedFinding]:
        """Judge all resources together, by default those that were heard, and refuse the waivers that nothing needs.

        Nobody knows whether a waiver is needed for a resource that was not judged alone. Unless the resources are
        `complete`, they are manifests, and waivers of rules about other packages are left to the preview.
        """
        try:
            stack = list(self.resources.values() if read is None else read())
            found = evaluate_stack(stack, self._whole)
        except Exception as error:  # noqa: BLE001 - as above
            self.together = self.enforcement.enforce(refuse_all(self._whole, "", "the stack", error), self._identify)
            return self.together
        unheard = [one.identity for each in stack if each.urn not in self.alone for one in opened(each).values()]
        self.resources = {**{each.urn: each for each in stack}, **self.resources}
        self.together = self.enforcement.enforce(found, self._identify)
        used = {each.waiver for each in self.findings if each.waiver is not None}
        decided = {rule.id for rule in self.rules if complete or not rule.is_about_account}
        self.together += self.enforcement.unused(used, decided, unheard)
        return self.together

    def _identify(self, finding: Finding) -> Identity | None:
        resource = self.resources.get(finding.urn)
        its = opened(resource) if resource is not None else {}
        item = item_of(finding.path, its)
        return its[item].identity if item is not None else None
