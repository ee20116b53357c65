"""The pods that a stack would run, found by their namespace and labels."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from guardrails.kubernetes.label_index import Labelled
from guardrails.kubernetes.pods import POD_SPECS, Pod, pods
from guardrails.kubernetes.selectors import Match, same_home
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
        self.index: Labelled[Template] = Labelled()
        for found in stack:
            if not found.partial:
                for template in templates(found):
                    self.index.add(template, found.look("metadata", "namespace"), template.labels.plain)

    def matching(
        self, asker: Object, wanted: Node, how: Callable[[Node, Node], Match], *, labels: Node | None = None
    ) -> Iterator[tuple[Template, Match]]:
        """The templates in the asker's namespace that `how` does not rule out for what is `wanted`.

        `labels` is the plain map inside `wanted` that narrows the search; by default `wanted` itself.
        """
        home = asker.at("metadata", "namespace")
        yield from self.living_in(home, wanted, how, labels=labels)

    def living_in(
        self, home: Node, wanted: Node, how: Callable[[Node, Node], Match], *, labels: Node | None = None
    ) -> Iterator[tuple[Template, Match]]:
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
