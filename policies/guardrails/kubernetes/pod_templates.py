"""The pods that a stack would run, found by their namespace and labels."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from guardrails.kubernetes.label_index import LabelIndex
from guardrails.kubernetes.pods import POD_SPECS, Pod, pods
from guardrails.kubernetes.selectors import same_home
from guardrails.model.answer import Answer
from guardrails.model.node import Node
from guardrails.model.resources import Object
from guardrails.model.values import Unknown

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
        self.index: LabelIndex[Template] = LabelIndex()
        for obj in stack:
            if not obj.partial:
                for template in templates(obj):
                    self.index.add(template, obj.raw("metadata", "namespace"), template.labels.plain)

    def matching(
        self, asker: Object, wanted: Node, how: Callable[[Node, Node], Answer], *, labels: Node | None = None
    ) -> Iterator[tuple[Template, Answer]]:
        """The templates in the asker's namespace that `how` does not rule out for what is `wanted`.

        `labels` is the plain map inside `wanted` that narrows the search; by default `wanted` itself.
        """
        home = asker.at("metadata", "namespace")
        yield from self.living_in(home, wanted, how, labels=labels)

    def living_in(
        self, home: Node, wanted: Node, how: Callable[[Node, Node], Answer], *, labels: Node | None = None
    ) -> Iterator[tuple[Template, Answer]]:
        """As `matching`, in the namespace that `home` says."""
        narrow = (wanted if labels is None else labels).plain
        for template in self.index.near(home.plain, narrow):
            match = same_home(home, template.owner) & how(wanted, template.labels)
            if match.possible:
                yield template, match


def selecting(stack: Iterable[Object]) -> Iterator[tuple[Object, Node]]:
    """The Services that look for pods, with their selectors. An unknown type or selector is noted and costs its own."""
    for service in stack:
        if service.id != "core/Service" or service.partial:
            continue
        type_ = service.read("spec", "type")
        if type_ == "ExternalName" or isinstance(type_, Unknown):
            continue
        selector = service.at("spec", "selector")
        if not isinstance(selector.record_unknown(), Unknown) and selector.plain not in (None, {}):
            yield service, selector


def templates(obj: Object) -> Iterator[Template]:
    """Every pod of one object with its labels."""
    for pod in pods(obj):
        yield Template(obj, pod, metadata(pod).at("labels"))


def metadata(pod: Pod) -> Node:
    """The labels and annotations that a pod would carry, whatever kind runs it."""
    obj = pod.object
    if obj.id in POD_SPECS:
        return obj.at(*POD_SPECS[obj.id][:-1], "metadata")
    if isinstance(pod.plain, Unknown):
        return pod  # where nobody knows what the spec is, nobody knows what lies beside it
    # A foreign kind: the template is what holds the spec, wherever that is, or is itself one entry of a list.
    steps = _STEPS.findall(pod.path.removeprefix(obj.path))
    template: Node = obj
    for name, position in steps if steps and steps[-1][1] else steps[:-1]:
        template = template.at(name) if name else template.elements()[int(position)]
    return template.at("metadata")
