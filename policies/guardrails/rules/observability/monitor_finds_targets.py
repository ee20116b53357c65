"""Every monitor finds something to scrape.

The `spec.selector` of a `ServiceMonitor` must select a Service of the stack, and that of a `PodMonitor` pods, in the
namespaces that it looks in: its own, or those of `namespaceSelector`. Each of its endpoints must name a port of one of
them: `port` the name of a Service's port (of a container's, for a PodMonitor), `targetPort` and `portNumber` a port of
the pods. An endpoint without a port takes all. Not asked of monitors in namespaces in which the stack has nothing, of
what the cluster itself runs (`kube-system`, and the API server in `default`), and of what operators make.
"""

from collections.abc import Sequence

from guardrails.examples.kubernetes import a_container, bad_example, declared, running
from guardrails.kubernetes.inventory import Inventory
from guardrails.kubernetes.monitors import ENDPOINTS, PODS, SERVICES, asked, endpoints, homes
from guardrails.kubernetes.pod_ports import declares, number
from guardrails.kubernetes.pod_templates import Template
from guardrails.kubernetes.pods import WORKLOADS
from guardrails.kubernetes.route_backends import has_port
from guardrails.kubernetes.selectors import by_labels, by_selector
from guardrails.model.answer import YES, Answer, doubtful, either
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import Rule, Severity, WholeStack

SYSTEM = "kube-system"
API_SERVER: dict[str, Plain] = {"component": "apiserver", "provider": "kubernetes"}
"""The labels of the Service by which every cluster offers its API."""
NOTHING = {SERVICES: "scrapes nothing: it selects no Service", PODS: "scrapes nothing: it selects no pod"}
EMPTY = "scrapes nothing: it has no endpoints"


def check(stack: Inventory) -> Violations:
    """Name each monitor that looks past what there is, and each port that is not there."""
    for monitor in stack.of(SERVICES, PODS):
        selector, listed = monitor.at("spec", "selector"), monitor.at("spec", ENDPOINTS[monitor.id])
        if isinstance(selector.record_unknown(), Unknown):
            continue
        listed.expect(list)
        if listed.plain in (None, []):
            yield monitor.fails(EMPTY, "spec", ENDPOINTS[monitor.id])
        ours = _ours(stack, monitor)
        faults = list((_pods if monitor.id == PODS else _services)(stack, monitor)) if ours.possible else []
        yield from faults if ours.certain or not faults else (doubt.undecided() for doubt in ours.doubts)


def _ours(stack: Inventory, monitor: Object) -> Answer:
    """It looks where the stack has something, beside what the cluster itself runs."""
    places, doubts = homes(monitor)
    if places is None:
        return doubtful(*doubts)
    return either(stack.name_index.are_in(place) for place in places if place.plain != SYSTEM)


def _services(stack: Inventory, monitor: Object) -> Violations:
    selector, places = monitor.at("spec", "selector"), homes(monitor)[0] or []
    services = list(stack.targets.services(monitor))
    operator_matches = list(stack.operators.answering(monitor, selector.at("matchLabels")))
    if any(place.plain == "default" for place in places):
        operator_matches.append(by_selector(selector, monitor.child(API_SERVER, "")))
    nothing = monitor.fails(NOTHING[SERVICES], "spec", "selector")
    yield from either((*(match for _, match in services), *operator_matches)).unless(nothing)
    for endpoint in endpoints(monitor) if services and not either(operator_matches).possible else ():
        yield from _offered(endpoint, [(_offers(stack, service, endpoint), match) for service, match in services])


def _offers(stack: Inventory, service: Object, endpoint: Node) -> Answer:
    name, target = endpoint.at("port"), endpoint.at("targetPort")
    if isinstance(name.plain, str) and name.plain:
        return has_port(service, name.plain)
    selector = service.at("spec", "selector")
    if target.plain is None or selector.plain in (None, {}):
        return YES
    return _declared([template for template, _ in stack.templates.matching(service, selector, by_labels)], target.plain)


def _declared(templates: Sequence[Template], wanted: Plain) -> Answer:
    return either(declares(template.pod, number(wanted)) for template in templates) if templates else YES


def _pods(stack: Inventory, monitor: Object) -> Violations:
    targets = list(stack.targets.pods(monitor))
    operator_matches = list(stack.operators.answering(monitor, monitor.at("spec", "selector", "matchLabels")))
    nothing = monitor.fails(NOTHING[PODS], "spec", "selector")
    yield from either((*(match for _, match in targets), *operator_matches)).unless(nothing)
    for endpoint in endpoints(monitor) if targets and not either(operator_matches).possible else ():
        wanted = asked(endpoint).plain
        ports = [(YES if wanted is None else declares(each.pod, number(wanted)), match) for each, match in targets]
        yield from _offered(endpoint, ports)


def _offered(endpoint: Node, ports: Sequence[tuple[Answer, Answer]]) -> Violations:
    named = asked(endpoint)
    if not isinstance(named.record_unknown(), Unknown):
        problem = named.fails(f"scrapes port {named.plain}, which none of its targets has")
        yield from either((match & port for port, match in ports)).unless(problem)


def _monitor(
    kind: str = "ServiceMonitor", *ends: Plain, labels: Plain = None, namespace: str = "shop", **spec: Plain
) -> Resource:
    field = "endpoints" if kind == "ServiceMonitor" else "podMetricsEndpoints"
    ended: dict[str, Plain] = {field: list(ends) or [{"port": "http"}]}
    selector: Plain = {"matchLabels": {"app": "api"} if labels is None else labels}
    fields: Plain = {"selector": selector, **ended, **spec}
    return declared(f"kubernetes:monitoring.coreos.com/v1:{kind}", "api", namespace=namespace, spec=fields)


def _service(labels: Plain = None, namespace: str = "shop") -> Resource:
    # As a list: the rule reads labels, and those of the list are nobody's.
    metadata: Plain = {"name": "api", "namespace": namespace, "labels": {"app": "api"} if labels is None else labels}
    ports: Plain = [{"name": "http", "port": 80, "targetPort": "web"}]
    item: Plain = {"metadata": metadata, "spec": {"selector": {"app": "api"}, "ports": ports}}
    return declared("kubernetes:core/v1:ServiceList", "all", namespace=None, items=[item])


BACKEND = running({"app": "api"}, a_container(ports=[{"name": "web", "containerPort": 8080}]))
BY_POD = "PodMonitor"
NO_SERVICE = f"ServiceMonitor shop/api {NOTHING[SERVICES]}"
NO_POD = f"PodMonitor shop/api {NOTHING[PODS]}"


def _lost(port: str, kind: str = "ServiceMonitor") -> str:
    return f"{kind} shop/api scrapes port {port}, which none of its targets has"


RULE = Rule(
    id="monitor-finds-targets",
    title="Monitors find what they scrape",
    why="A monitor that selects nothing, or a port that nobody has, is silence that looks like health.",
    fix="Give the selector the labels of the Service (of the pods, for a PodMonitor), and name one of its ports.",
    severity=Severity.MEDIUM,
    covers=("production:31", "go-live-readiness:109", "new-services:29", "optibid:81"),
    kinds=frozenset({SERVICES, PODS, "core/Service"}) | WORKLOADS,
    check=WholeStack(check),
    allows={
        "a Service": (_monitor(), _service(), BACKEND),
        "pods": (_monitor(BY_POD, {"port": "web"}), BACKEND),
        "pods by a number": (_monitor(BY_POD, {"portNumber": 8080}), BACKEND),
        "a port of the pods": (_monitor("ServiceMonitor", {"targetPort": "web"}), _service(), BACKEND),
        "another namespace": (
            _monitor(namespace="monitoring", namespaceSelector={"matchNames": ["shop"]}),
            _service(),
            BACKEND,
        ),
        "every namespace": (_monitor(namespace="monitoring", namespaceSelector={"any": True}), _service(), BACKEND),
        "a namespace of others": (_monitor(namespaceSelector={"matchNames": ["web"]}),),
        "the API server": (
            _monitor(labels=API_SERVER, namespaceSelector={"matchNames": ["default"]}),
            running(namespace="default"),
        ),
        "an operator's": (
            _monitor(labels={"cnpg.io/cluster": "db"}),
            declared("kubernetes:postgresql.cnpg.io/v1:Cluster", "db", spec={"instances": 3}),
        ),
    },
    refuses={
        "no Service": bad_example((_monitor(), BACKEND), NO_SERVICE),
        "other labels": bad_example((_monitor(), _service({"app": "web"}), BACKEND), NO_SERVICE),
        "a Service elsewhere": bad_example((_monitor(), _service(namespace="other")), NO_SERVICE),
        "no selector": bad_example((_monitor(selector=None), _service(), BACKEND), NO_SERVICE),
        "another namespace of the stack": bad_example(
            (_monitor(namespaceSelector={"matchNames": ["web"]}), _service({"app": "web"}, "web")), NO_SERVICE
        ),
        "none in all namespaces": bad_example(
            (_monitor(namespaceSelector={"any": True}), _service({"app": "web"}), BACKEND), NO_SERVICE
        ),
        "no such port": bad_example(
            (_monitor("ServiceMonitor", {"port": "metrics"}), _service(), BACKEND), _lost("metrics")
        ),
        "no such port of the pods": bad_example(
            (_monitor("ServiceMonitor", {"targetPort": "metrics"}), _service(), BACKEND), _lost("metrics")
        ),
        "no endpoints": bad_example((_monitor(endpoints=[]), _service(), BACKEND), f"ServiceMonitor shop/api {EMPTY}"),
        "no pods": bad_example((_monitor(BY_POD),), NO_POD),
        "pods with other labels": bad_example((_monitor(BY_POD), running({"app": "web"})), NO_POD),
        "no such port of a pod": bad_example((_monitor(BY_POD, {"port": "http"}), BACKEND), _lost("http", BY_POD)),
        "no such number of a pod": bad_example(
            (_monitor(BY_POD, {"portNumber": 9090}), BACKEND), _lost("9090", BY_POD)
        ),
    },
)
