"""Every port of a Service leads to a port of its pods.

For each of `spec.ports` of a `Service`, `targetPort` (or `port` where it is absent) must be declared by a pod that the
Service selects: a name by a container port of that name and protocol, a number by a container port of that number. A
pod that declares no ports at all may listen on any number, for the declaration is optional; a name needs it. Containers
are the main ones and sidecars. Services that select no pod are the matter of `service-selects-pods`.
"""

from collections.abc import Sequence

from guardrails.examples.kubernetes import a_container, bad_example, declared, running
from guardrails.kubernetes.inventory import Inventory
from guardrails.kubernetes.pod_ports import declares, number, target
from guardrails.kubernetes.pod_templates import Template, selecting
from guardrails.kubernetes.pods import WORKLOADS
from guardrails.kubernetes.selectors import by_labels
from guardrails.model.answer import Answer, either
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Resource
from guardrails.model.values import Plain
from guardrails.rule import Rule, Severity, WholeStack


def check(stack: Inventory) -> Violations:
    """Name each port that leads nowhere."""
    templates = stack.templates
    for service, selector in selecting(stack):
        selected = list(templates.matching(service, selector, by_labels))
        for port in service.items("spec", "ports") if selected else ():
            yield from _leads(port, selected)


def _leads(port: Node, selected: Sequence[tuple[Template, Answer]]) -> Violations:
    leads_to = target(port)
    if not isinstance(leads_to.record_unknown(), str | int) or isinstance(leads_to.plain, bool):
        return
    wanted = number(leads_to.plain)
    matches = (match & declares(template.pod, wanted, port.at("protocol")) for template, match in selected)
    yield from either(matches).unless(port.fails(f"leads to port {wanted}, which none of its pods has", "targetPort"))


def _service(*ports: Plain) -> Resource:
    return declared("kubernetes:core/v1:Service", "api", spec={"selector": {"app": "api"}, "ports": list(ports)})


def _pods(*ports: Plain) -> Resource:
    return running({"app": "api"}, a_container(ports=list(ports)))


HTTP: Plain = {"name": "http", "containerPort": 8080}

RULE = Rule(
    id="service-port-exists",
    title="Ports of Services lead to ports of their pods",
    why="A port that leads nowhere refuses every connection, and only the callers notice.",
    fix="Name a port of the container in targetPort; ServiceDeployment calls it http.",
    severity=Severity.HIGH,
    covers=("optibid:28", "production:92", "production:94"),
    kinds=frozenset({"core/Service"}) | WORKLOADS,
    check=WholeStack(check),
    allows={
        "by name": (_service({"port": 80, "targetPort": "http"}), _pods(HTTP)),
        "by number": (_service({"port": 80, "targetPort": 8080}), _pods(HTTP)),
        "the same number": (_service({"port": 8080}), _pods(HTTP)),
        "a number that nobody declares": (_service({"port": 80, "targetPort": 8080}), _pods()),
        "a sidecar's": (
            _service({"port": 80, "targetPort": "proxy"}),
            declared(
                "kubernetes:core/v1:Pod",
                "api",
                metadata={"name": "api", "namespace": "shop", "labels": {"app": "api"}},
                spec={
                    "containers": [a_container()],
                    "initContainers": [
                        a_container("proxy", restartPolicy="Always", ports=[{"name": "proxy", "containerPort": 15001}])
                    ],
                },
            ),
        ),
    },
    refuses={
        "no such name": bad_example(
            (_service({"port": 80, "targetPort": "web"}), _pods(HTTP)),
            "Service shop/api leads to port web, which none of its pods has",
        ),
        "a name that nobody declares": bad_example(
            (_service({"port": 80, "targetPort": "http"}), _pods()),
            "Service shop/api leads to port http, which none of its pods has",
        ),
        "no such number": bad_example(
            (_service({"port": 80, "targetPort": 8081}), _pods(HTTP)),
            "Service shop/api leads to port 8081, which none of its pods has",
        ),
        "the port of the Service": bad_example(
            (_service({"port": 80}), _pods(HTTP)), "Service shop/api leads to port 80, which none of its pods has"
        ),
        "another protocol": bad_example(
            (_service({"port": 80, "targetPort": "http", "protocol": "UDP"}), _pods(HTTP)),
            "Service shop/api leads to port http, which none of its pods has",
        ),
    },
)
