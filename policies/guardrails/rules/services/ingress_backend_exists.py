"""An Ingress leads to Services that exist.

Each `backend.service.name` of an `Ingress`, of its paths and of `spec.defaultBackend`, must be a Service of the stack
in the same namespace. A backend whose `port.name` is `use-annotation` is an action of the load balancer and no Service;
one with a `resource` is something else again.
"""

from collections.abc import Iterator, Sequence

from guardrails.examples import declared, refusal
from guardrails.node import Node
from guardrails.plain import Plain, Unknown
from guardrails.residents import Residents
from guardrails.resources import Object, Resource
from guardrails.rule import Faults, Rule, Severity, WholeStack
from guardrails.selectors import unless_one_fits

INGRESS = "networking.k8s.io/Ingress"
ACTION = "use-annotation"


def check(stack: Sequence[Object]) -> Faults:
    """Name each backend that is not there."""
    residents = Residents(stack)
    for ingress in stack:
        if ingress.id != INGRESS or ingress.partial:
            continue
        for backend in _backends(ingress):
            yield from _leads(ingress, backend, residents)


def _leads(ingress: Object, backend: Node, residents: Residents) -> Faults:
    name = backend.at("service", "name")
    if name.plain is None or isinstance(name.noted(), Unknown):
        return
    found = residents.called(ingress, name.child("v1", ""), name.child("Service", ""), name)
    wrong = list(unless_one_fits(found, name.fails(f"leads to Service {name.plain}, which the stack does not have")))
    port = backend.read("service", "port", "name") if wrong else None
    if port != ACTION and not isinstance(port, Unknown):
        yield from wrong


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


def _service(namespace: str = "shop", type_: str = "kubernetes:core/v1:Service") -> Resource:
    return declared(type_, "api", namespace=namespace, spec={"ports": [{"port": 80}]})


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
        "a resource": (_ingress({"resource": {"kind": "StorageBucket", "name": "assets"}}),),
    },
    refuses={
        "nothing": refusal((_ingress(_backend("api")),), NOWHERE),
        "in another namespace": refusal((_ingress(_backend("api")), _service("other")), NOWHERE),
        "of another kind": refusal(
            (_ingress(_backend("api")), _service(type_="kubernetes:serving.knative.dev/v1:Service")), NOWHERE
        ),
        "by default": refusal(
            (_ingress(_backend("api"), defaultBackend=_backend("web")), _service()),
            "Ingress shop/api leads to Service web, which the stack does not have",
        ),
    },
)
