"""The pods of a StatefulSet have names that resolve.

`spec.serviceName` of a `StatefulSet`, where it is set, is the name of a Service of the stack in the same namespace that
selects its pods.
"""

from guardrails.examples.kubernetes import bad_example, declared, running
from guardrails.kubernetes.inventory import Inventory
from guardrails.kubernetes.pod_templates import templates
from guardrails.kubernetes.route_backends import SERVICE
from guardrails.kubernetes.selectors import by_labels
from guardrails.model.answer import Answer, either
from guardrails.model.findings import Violations
from guardrails.model.resources import Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import Rule, Severity, WholeStack

STATEFUL = "apps/StatefulSet"


def check(stack: Inventory) -> Violations:
    """Name each StatefulSet whose pods nobody can call by their names."""
    for workload in stack.of(STATEFUL):
        name = workload.at("spec", "serviceName")
        if name.plain in (None, "") or isinstance(name.record_unknown(), Unknown):
            continue
        matches: list[Answer] = []
        for service, match in stack.name_index.known_as(SERVICE, name, workload.at("metadata", "namespace")):
            selector = service.at("spec", "selector")
            matches += [match & by_labels(selector, template.labels) for template in templates(workload)]
        yield from either(matches).unless(name.fails(_wrong(name.plain)))


def _wrong(name: Plain) -> str:
    return f"names the Service {name}, which the stack does not have for its pods"


def _service(app: str = "api", namespace: str = "shop") -> Resource:
    spec: Plain = {"clusterIP": "None", "selector": {"app": app}, "ports": [{"port": 80}]}
    return declared("kubernetes:core/v1:Service", "db", namespace=namespace, spec=spec)


def _stateful(name: Plain = "db") -> Resource:
    return running(type_="kubernetes:apps/v1:StatefulSet", serviceName=name)


LOST = f"StatefulSet shop/api {_wrong('db')}"

RULE = Rule(
    id="stateful-set-service-exists",
    title="StatefulSets name a Service that exists",
    why="Members of a cluster find each other by the names that this Service gives them, or not at all.",
    fix="Add a headless Service of that name with the labels of the pods, or correct spec.serviceName.",
    severity=Severity.MEDIUM,
    covers=("new-services:239", "production:94"),
    kinds=frozenset({STATEFUL, SERVICE}),
    check=WholeStack(check),
    allows={
        "a Service": (_stateful(), _service()),
        "none named": (_stateful(None),),
    },
    refuses={
        "no Service": bad_example((_stateful(),), LOST),
        "another name": bad_example(
            (_stateful("web"), _service()),
            "StatefulSet shop/api names the Service web, which the stack does not have for its pods",
        ),
        "a Service of other pods": bad_example((_stateful(), _service("web")), LOST),
        "a Service elsewhere": bad_example((_stateful(), _service(namespace="other")), LOST),
    },
)
