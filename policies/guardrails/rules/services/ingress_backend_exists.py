"""An Ingress leads to Services that exist.

Each `backend.service.name` of an `Ingress`, of its paths and of `spec.defaultBackend`, must be a Service of the stack
in the same namespace, or one that an operator makes for an object of the stack, and `port.number` or `port.name` one of
its ports. A backend whose `port.name` is `use-annotation` is an action of the load balancer and no Service; one with a
`resource` is something else again.
"""

from collections.abc import Iterator

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.kubernetes.inventory import Inventory
from guardrails.kubernetes.route_backends import Backends
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import Rule, Severity, WholeStack

INGRESS = "networking.k8s.io/Ingress"
ACTION = "use-annotation"


def check(stack: Inventory) -> Violations:
    """Name each backend that is not there."""
    backends = stack.backends
    for ingress in stack:
        if ingress.id != INGRESS or ingress.partial:
            continue
        for backend in _backends(ingress):
            yield from _leads(ingress, backend, backends)


def _leads(ingress: Object, backend: Node, backends: Backends) -> Violations:
    number, called = (backend.at("service", "port", field) for field in ("number", "name"))
    port = called if number.plain is None else number
    problem = list(backends.lost(backend.at("service", "name"), ingress.at("metadata", "namespace"), port))
    if called.plain != ACTION and not (problem and isinstance(called.record_unknown(), Unknown)):
        yield from problem


def _backends(ingress: Object) -> Iterator[Node]:
    yield ingress.at("spec", "defaultBackend")
    for rule in ingress.items("spec", "rules"):
        for path in rule.items("http", "paths"):
            yield path.at("backend")


def _backend(name: Plain, port: Plain = None) -> Plain:
    return {"service": {"name": name, "port": {"number": 80} if port is None else port}}


def _ingress(backend: Plain, **spec: Plain) -> Resource:
    path: Plain = {"path": "/", "pathType": "Prefix", "backend": backend}
    rules: list[Plain] = [{"host": "api.254carbon.ai", "http": {"paths": [path]}}]
    fields: Plain = {"rules": rules, **spec}
    return declared("kubernetes:networking.k8s.io/v1:Ingress", "api", spec=fields)


def _service(namespace: str = "shop", type_: str = "kubernetes:core/v1:Service", name: Plain = None) -> Resource:
    return declared(type_, "api", namespace=namespace, spec={"ports": [{"name": name, "port": 80}]})


NOWHERE = "Ingress shop/api leads to Service api, which the stack does not have"

RULE = Rule(
    id="ingress-backend-exists",
    title="Ingresses lead to Services that exist",
    why="A path to a Service that is not there answers every user with an error.",
    fix="Name a Service of the same namespace as the backend, or add it to the stack.",
    severity=Severity.HIGH,
    covers=("production:94", "optibid:28", "production:102"),
    kinds=frozenset({INGRESS, "core/Service"}),
    check=WholeStack(check),
    allows={
        "a Service": (_ingress(_backend("api")), _service()),
        "an action of the load balancer": (_ingress(_backend("redirect", {"name": ACTION})),),
        "a port by its name": (_ingress(_backend("api", {"name": "http"})), _service(name="http")),
        "an operator's Service": (
            _ingress(_backend("logs-kb-http", {"number": 5601})),
            declared("kubernetes:kibana.k8s.elastic.co/v1:Kibana", "logs", spec={"count": 1}),
        ),
        "a resource": (_ingress({"resource": {"kind": "StorageBucket", "name": "assets"}}),),
    },
    refuses={
        "nothing": bad_example((_ingress(_backend("api")),), NOWHERE),
        "another port": bad_example(
            (_ingress(_backend("api", {"number": 8080})), _service()),
            "Ingress shop/api leads to port 8080 of Service api, which has no such port",
        ),
        "a port of no such name": bad_example(
            (_ingress(_backend("api", {"name": "web"})), _service(name="http")),
            "Ingress shop/api leads to port web of Service api, which has no such port",
        ),
        "an operator's Service elsewhere": bad_example(
            (
                _ingress(_backend("logs-kb-http")),
                declared("kubernetes:kibana.k8s.elastic.co/v1:Kibana", "logs", namespace="other", spec={"count": 1}),
            ),
            "Ingress shop/api leads to Service logs-kb-http, which the stack does not have",
        ),
        "an object that makes no Service": bad_example(
            (_ingress(_backend("api")), declared("kubernetes:cert-manager.io/v1:Certificate", "api")), NOWHERE
        ),
        "in another namespace": bad_example((_ingress(_backend("api")), _service("other")), NOWHERE),
        "of another kind": bad_example(
            (_ingress(_backend("api")), _service(type_="kubernetes:example.com/v1:Service")), NOWHERE
        ),
        "by default": bad_example(
            (_ingress(_backend("api"), defaultBackend=_backend("web")), _service()),
            "Ingress shop/api leads to Service web, which the stack does not have",
        ),
    },
)
