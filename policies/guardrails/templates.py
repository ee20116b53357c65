"""The pods that a stack would run, found by their namespace and labels.

Looking each selector up in an index keeps rules about whole stacks linear in the number of objects.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from guardrails.node import Node
from guardrails.plain import Unknown
from guardrails.resources import Object
from guardrails.selectors import GIVEN, Match, same_namespace
from guardrails.workloads import POD_SPECS, Pod, pods

Key: TypeAlias = tuple[str, str, str | None]
"""Namespace, label and value; None for a value that is unknown."""

_STEPS = re.compile(r"([^.\[\]]+)|\[([0-9]+)\]")


@dataclass(frozen=True)
class Template:
    """One pod that an object would run, and the labels that it would carry."""

    owner: Object
    pod: Pod
    labels: Node


class Templates:
    """All templates of a stack. Patches make no pods, so theirs are left out."""

    def __init__(self, stack: Iterable[Object]) -> None:
        self._by_label: defaultdict[Key, list[Template]] = defaultdict(list)
        self._by_namespace: defaultdict[str, list[Template]] = defaultdict(list)
        self._open: list[Template] = []
        for found in stack:
            if not found.partial:
                for template in templates(found):
                    self._add(template)

    def matching(
        self, asker: Object, wanted: Node, how: Callable[[Node, Node], Match], *, labels: Node | None = None
    ) -> Iterator[tuple[Template, Match]]:
        """The templates in the asker's namespace that `how` does not rule out for what is `wanted`.

        `labels` is the plain map inside `wanted` that narrows the search; by default `wanted` itself.
        """
        for template in self._near(asker, wanted if labels is None else labels):
            match = same_namespace(asker, template.owner) & how(wanted, template.labels)
            if match.possible:
                yield template, match

    def _add(self, template: Template) -> None:
        namespace, labels = template.owner.at("metadata", "namespace").plain, template.labels.plain
        if not isinstance(namespace, str | None) or not isinstance(labels, dict | None):
            self._open.append(template)
            return
        home = namespace or "default"
        self._by_namespace[home].append(template)
        for key, value in (labels or {}).items():
            if isinstance(value, str):
                self._by_label[home, key, value].append(template)
            elif isinstance(value, Unknown):
                self._by_label[home, key, None].append(template)

    def _near(self, asker: Object, labels: Node) -> Iterator[Template]:
        yield from self._open
        namespace = asker.at("metadata", "namespace").plain
        if not isinstance(namespace, str | None):
            for template in self._by_namespace.values():
                yield from template
            return
        home = namespace or "default"
        known = labels.plain if isinstance(labels.plain, dict) else {}
        pairs = [(home, key, value) for key, value in known.items() if isinstance(value, str) and key not in GIVEN]
        if not pairs:
            yield from self._by_namespace.get(home, ())
            return
        rarest = min(pairs, key=lambda pair: len(self._by_label.get(pair, ())))
        yield from self._by_label.get(rarest, ())
        yield from self._by_label.get((*rarest[:2], None), ())


def selecting(stack: Iterable[Object]) -> Iterator[tuple[Object, Node]]:
    """The Services that look for pods, with their selectors. An unknown type or selector is noted and costs its own."""
    for service in stack:
        if service.id != "core/Service" or service.partial:
            continue
        type_ = service.read("spec", "type")
        if type_ == "ExternalName" or isinstance(type_, Unknown):
            continue
        selector = service.at("spec", "selector")
        if not isinstance(selector.noted(), Unknown) and selector.plain not in (None, {}):
            yield service, selector


def templates(found: Object) -> Iterator[Template]:
    """Every pod of one object with its labels."""
    for pod in pods(found):
        yield Template(found, pod, metadata(pod).at("labels"))


def metadata(pod: Pod) -> Node:
    """The labels and annotations that a pod would carry, whatever kind runs it."""
    found = pod.object
    if found.id in POD_SPECS:
        return found.at(*POD_SPECS[found.id][:-1], "metadata")
    if isinstance(pod.plain, Unknown):
        return pod  # where nobody knows what the spec is, nobody knows what lies beside it
    # A foreign kind: the template is what holds the spec, wherever that is, or is itself one entry of a list.
    steps = _STEPS.findall(pod.path.removeprefix(found.path))
    template: Node = found
    for name, position in steps if steps and steps[-1][1] else steps[:-1]:
        template = template.at(name) if name else template.elements()[int(position)]
    return template.at("metadata")
