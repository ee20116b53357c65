"""Whom the monitors of the Prometheus operator scrape."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from guardrails.kubernetes.label_index import LabelIndex
from guardrails.kubernetes.pod_templates import Template, Templates
from guardrails.kubernetes.selectors import by_selector, same_home
from guardrails.model.answer import Answer, doubtful
from guardrails.model.node import Node
from guardrails.model.resources import Object
from guardrails.model.values import Unknown

T = TypeVar("T")

SERVICES, PODS = "monitoring.coreos.com/ServiceMonitor", "monitoring.coreos.com/PodMonitor"
ENDPOINTS = {SERVICES: "endpoints", PODS: "podMetricsEndpoints"}


class Targets:
    """The Services and the pods of a stack, as monitors look for them."""

    def __init__(self, services: Iterable[Object], templates: Templates) -> None:
        self._services: LabelIndex[Object] = LabelIndex()
        self._pods = templates.index
        for service in services:
            labels = service.raw("metadata", "labels")
            self._services.add(service, service.raw("metadata", "namespace"), labels)

    def services(self, monitor: Object) -> Iterator[tuple[Object, Answer]]:
        """The Services that a ServiceMonitor may select."""
        return _selected(monitor, self._services, lambda service: (service, service.at("metadata", "labels")))

    def pods(self, monitor: Object) -> Iterator[tuple[Template, Answer]]:
        """The pods that a PodMonitor may select."""
        return _selected(monitor, self._pods, lambda template: (template.owner, template.labels))


def endpoints(monitor: Object) -> list[Node]:
    """What it scrapes of each of them; an unknown list stands for itself."""
    listed = monitor.at("spec", ENDPOINTS[monitor.id])
    return [listed] if listed.plain is not None and not isinstance(listed.plain, list) else listed.elements()


def asked(endpoint: Node) -> Node:
    """The place where an endpoint names its port, which is empty where it names none."""
    places = [endpoint.at(field) for field in ("port", "portNumber", "targetPort")]
    return next((place for place in places if place.plain not in (None, "")), places[0].child(None, endpoint.path))


def homes(monitor: Object) -> tuple[list[Node] | None, tuple[Node, ...]]:
    """The places that name the namespaces it looks in, or None for all; and what keeps us from knowing."""
    selector = monitor.at("spec", "namespaceSelector")
    every, names = selector.at("any"), selector.at("matchNames")
    doubts = tuple(place for place in (every, names) if isinstance(place.plain, Unknown))
    if doubts or every.plain is True:
        return None, doubts
    return names.elements() or [monitor.at("metadata", "namespace")], ()


def _selected(
    monitor: Object, index: LabelIndex[T], about: Callable[[T], tuple[Object, Node]]
) -> Iterator[tuple[T, Answer]]:
    selector = monitor.at("spec", "selector")
    wanted = selector.at("matchLabels").plain
    places, doubts = homes(monitor)
    near = ((each, None) for each in index.everywhere()) if places is None else _near(index, places, wanted)
    for each, home in near:
        owner, labels = about(each)
        lives = doubtful(*doubts) if home is None else same_home(home, owner)
        match = lives & by_selector(selector, labels)
        if match.possible:
            yield each, match


def _near(index: LabelIndex[T], places: Iterable[Node], wanted: object) -> Iterator[tuple[T, Node | None]]:
    for home in places:
        for each in index.near(home.plain, wanted if isinstance(wanted, dict) else None):
            yield each, home
