"""Somebody reads the metrics of every Service.

Asked of each `Service` that selects pods of the stack. A port called `metrics`, or whose name begins or ends so by a
hyphen, must be scraped: by an endpoint of a `ServiceMonitor` that selects the Service and names that port, by a
`PodMonitor` that selects the pods and names the port of theirs, or by the annotation `prometheus.io/scrape: "true"` of
the Service or of the pods. Where the stack has monitors at all, a Service without such a port must be scraped on some
port. A stack without monitors leaves that to others, and is only held to the ports that it calls metrics itself.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from guardrails.examples.kubernetes import a_container, bad_example, declared, running
from guardrails.kubernetes.inventory import Inventory
from guardrails.kubernetes.monitors import PODS, SERVICES, asked, endpoints
from guardrails.kubernetes.pod_ports import resolved, target
from guardrails.kubernetes.pod_templates import Template, metadata, selecting
from guardrails.kubernetes.pods import WORKLOADS
from guardrails.kubernetes.selectors import by_labels
from guardrails.model.answer import Answer, doubtful, either
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import Rule, Severity, WholeStack

SCRAPED = "prometheus.io/scrape"
_METRICS = re.compile(r"metrics|metrics-.*|.*-metrics")
NOBODY = "is scraped by nobody: no ServiceMonitor selects it, no PodMonitor its pods"


def check(stack: Inventory) -> Violations:
    """Name each port whose metrics nobody reads, and each Service that nobody looks at."""
    monitored = any(True for _ in stack.of(SERVICES, PODS))
    offering = {service.place: list(_metrics_ports(service)) for service in stack.of("core/Service")}
    scrapes = _Scrapes(stack)
    for service, selector in selecting(each for each in stack.of("core/Service") if monitored or offering[each.place]):
        selected = list(stack.templates.matching(service, selector, by_labels))
        for port in offering[service.place] if selected else ():
            problem = port.fails(f"offers metrics on port {port.peek('name')!r} that nobody scrapes")
            yield from either(scrapes.of(service, selected, port)).unless(problem)
        if selected and not offering[service.place]:
            yield from either(scrapes.of(service, selected, None)).unless(service.fails(NOBODY))


def _metrics_ports(service: Object) -> Iterator[Node]:
    for port in service.items("spec", "ports"):
        name = port.read("name")
        if isinstance(name, str) and _METRICS.fullmatch(name):
            yield port


class _Scrapes:
    """Which ports of which pods the monitors of a stack scrape."""

    def __init__(self, stack: Inventory) -> None:
        self._by_pod: defaultdict[tuple[str, str, str], list[tuple[Node, Answer]]] = defaultdict(list)
        """Each port that is scraped, an empty place for all of them, and on what it depends."""
        for monitor in stack.of(PODS):
            for template, match in stack.targets.pods(monitor):
                for endpoint in endpoints(monitor):
                    self._note(template, asked(endpoint), match)
        for monitor in stack.of(SERVICES):
            for service, match in stack.targets.services(monitor):
                selector = service.at("spec", "selector")
                for template, selection in stack.templates.matching(service, selector, by_labels):
                    for endpoint in endpoints(monitor):
                        for port in _scraped(service, endpoint):
                            self._note(template, port, match & selection)

    def of(self, service: Object, selected: Sequence[tuple[Template, Answer]], port: Node | None) -> Iterator[Answer]:
        """What may scrape a port of a Service with these pods, or any of them where none is given."""
        yield _annotated(service.at("metadata", "annotations", SCRAPED))
        for template, match in selected:
            yield match & _annotated(metadata(template.pod).at("annotations", SCRAPED))
            wanted = None if port is None else resolved(template.pod, target(port))
            for scraped, selection in self._by_pod.get(_key(template), ()):
                yield match & selection & _same(scraped, wanted)

    def _note(self, template: Template, port: Node, match: Answer) -> None:
        self._by_pod[_key(template)].append((resolved(template.pod, port), match))


def _key(template: Template) -> tuple[str, str, str]:
    return (*template.owner.place, template.pod.path)


def _same(scraped: Node, wanted: Node | None) -> Answer:
    open_ = [place for place in (scraped, wanted) if place is not None and isinstance(place.plain, Unknown)]
    if open_ or wanted is None or scraped.plain is None:
        return doubtful(*open_)
    return Answer(possible=scraped.plain == wanted.plain)


def _annotated(place: Node) -> Answer:
    return doubtful(place) if isinstance(place.plain, Unknown) else Answer(possible=place.plain == "true")


def _scraped(service: Object, endpoint: Node) -> Iterator[Node]:
    """Where an endpoint leads to in the pods of a Service."""
    wanted = asked(endpoint)
    if not wanted.path.endswith(".port"):
        yield wanted
        return
    ports = service.at("spec", "ports")
    if isinstance(ports.plain, Unknown):
        yield ports
    for port in ports.elements():
        if isinstance(wanted.plain, Unknown) or isinstance(port.at("name").plain, Unknown):
            yield wanted if isinstance(wanted.plain, Unknown) else port.at("name")
        elif port.at("name").plain == wanted.plain:
            yield target(port)


def _service(*ports: Plain, annotations: Plain = None) -> Resource:
    # As a list: the rule reads labels, and those of the list are nobody's.
    kept: Plain = {"name": "api", "namespace": "shop", "labels": {"app": "api"}, "annotations": annotations}
    item: Plain = {"metadata": kept, "spec": {"selector": {"app": "api"}, "ports": list(ports) or [HTTP]}}
    return declared("kubernetes:core/v1:ServiceList", "all", namespace=None, items=[item])


def _monitor(kind: str, port: str, app: str = "api", number: Plain = None) -> Resource:
    ends = "endpoints" if kind == "ServiceMonitor" else "podMetricsEndpoints"
    end: Plain = {"port": port} if number is None else {"targetPort": number}
    spec: Plain = {"selector": {"matchLabels": {"app": app}}, ends: [end]}
    return declared(f"kubernetes:monitoring.coreos.com/v1:{kind}", app, spec=spec)


HTTP: dict[str, Plain] = {"name": "http", "port": 80, "targetPort": "web"}
METRICS: dict[str, Plain] = {"name": "metrics", "port": 9090, "targetPort": "prom"}
BACKEND = running(
    {"app": "api"}, a_container(ports=[{"name": "web", "containerPort": 8080}, {"name": "prom", "containerPort": 9090}])
)
UNREAD = "Service shop/api offers metrics on port 'metrics' that nobody scrapes"
UNSEEN = f"Service shop/api {NOBODY}"

RULE = Rule(
    id="service-is-scraped",
    title="Metrics of every Service are scraped",
    why="What nobody measures fails in silence: no alert and no gate of a canary can see it.",
    fix="Add a ServiceMonitor or a PodMonitor that selects it and names its port.",
    severity=Severity.MEDIUM,
    covers=("production:31", "go-live-readiness:109", "new-services:29", "optibid:81"),
    kinds=frozenset({SERVICES, PODS, "core/Service"}) | WORKLOADS,
    check=WholeStack(check),
    allows={
        "by its Service": (_service(HTTP, METRICS), BACKEND, _monitor("ServiceMonitor", "metrics")),
        "by its pods": (_service(METRICS), BACKEND, _monitor("PodMonitor", "prom")),
        "by the number of the pods' port": (
            _service(METRICS),
            BACKEND,
            _monitor("ServiceMonitor", "", number=9090),
        ),
        "by an annotation": (_service(METRICS, annotations={SCRAPED: "true"}), BACKEND),
        "on another port": (_service(), BACKEND, _monitor("PodMonitor", "web")),
        "nothing to scrape, and no monitors": (_service(), BACKEND),
        "no pods": (_service(METRICS),),
    },
    refuses={
        "a port that nobody scrapes": bad_example((_service(METRICS), BACKEND), UNREAD),
        "a longer name": bad_example(
            (_service({**METRICS, "name": "http-metrics"}), BACKEND), UNREAD.replace("'metrics'", "'http-metrics'")
        ),
        "another port": bad_example((_service(HTTP, METRICS), BACKEND, _monitor("ServiceMonitor", "http")), UNREAD),
        "another port of the pods": bad_example((_service(METRICS), BACKEND, _monitor("PodMonitor", "web")), UNREAD),
        "an annotation that says no": bad_example((_service(METRICS, annotations={SCRAPED: "false"}), BACKEND), UNREAD),
        "others are scraped by Services": bad_example(
            (_service(), BACKEND, _monitor("ServiceMonitor", "x", "web")), UNSEEN
        ),
        "others are scraped by pods": bad_example((_service(), BACKEND, _monitor("PodMonitor", "web", "web")), UNSEEN),
    },
)
