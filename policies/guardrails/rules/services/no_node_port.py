"""No Service opens a port on every node.

Field: `spec.type` of a `Service` must not be `NodePort`. The node ports of a `LoadBalancer` belong to that type.
"""

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.model.findings import Violations
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain
from guardrails.rule import EachObject, Rule, Severity

PROBLEM = "opens a port on every node"


def check(service: Object) -> Violations:
    """Name each Service that the nodes answer for."""
    if service.read("spec", "type") == "NodePort":
        yield service.fails(PROBLEM, "spec", "type")


def _service(**spec: Plain) -> tuple[Resource, ...]:
    return (declared("kubernetes:core/v1:Service", "api", spec={"ports": [{"port": 80}], **spec}),)


RULE = Rule(
    id="no-node-port",
    title="Services open no port on the nodes",
    why="A node port goes around the gateway, its TLS and its limits, on every node there is.",
    fix="Use type ClusterIP, and let users in through the gateway: edge in the catalogue.",
    severity=Severity.HIGH,
    covers=("production:6", "go-live-readiness:97", "optibid:73"),
    kinds=frozenset({"core/Service"}),
    check=EachObject(check),
    allows={
        "in the cluster": _service(type="ClusterIP"),
        "unset": _service(),
        "another name": _service(type="ExternalName", externalName="db.example.com"),
    },
    refuses={
        "a node port": bad_example(_service(type="NodePort"), f"Service shop/api {PROBLEM}"),
        "a chosen node port": bad_example(
            _service(type="NodePort", ports=[{"port": 80, "nodePort": 30080}]), f"Service shop/api {PROBLEM}"
        ),
        "a patch": bad_example(
            (declared("kubernetes:core/v1:ServicePatch", "api", spec={"type": "NodePort"}),),
            f"Service shop/api {PROBLEM}",
        ),
    },
)
