"""What is open to users has a limit of requests.

Asked of an `Ingress` of the class `nginx`, by `spec.ingressClassName` or the older annotation: one of the annotations
`limit-rps`, `limit-rpm` and `limit-connections` is a number above zero. Of other classes nothing is known here.
"""

import re

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

CLASS = "kubernetes.io/ingress.class"
PREFIX = "nginx.ingress.kubernetes.io/"
LIMITS = ("limit-rps", "limit-rpm", "limit-connections")
_ABOVE_ZERO = re.compile(r"0*[1-9][0-9]{0,8}")
PROBLEM = "answers without a limit of requests"


def check(ingress: Object) -> Violations:
    """Name each way in that one caller may fill."""
    annotations = dict(ingress.members("metadata", "annotations"))
    class_ = ingress.at("spec", "ingressClassName")
    if class_.plain is None and CLASS in annotations:
        class_ = annotations[CLASS]
    if class_.record_unknown() != "nginx":
        return
    limits = [annotations[PREFIX + limit] for limit in LIMITS if PREFIX + limit in annotations]
    if not any([_is_limit(limit) for limit in limits]):  # noqa: C419 - all are to be noted
        yield ingress.fails(PROBLEM, "metadata", "annotations")


def _is_limit(annotation: Node) -> bool:
    value = annotation.read()
    return isinstance(value, Unknown) or (
        isinstance(value, str) and value.isascii() and value.isdigit() and int(value) > 0
    )


def _ingress(class_: Plain = "nginx", annotations: Plain = None) -> tuple[Resource, ...]:
    metadata: Plain = {"name": "api", "namespace": "shop", "annotations": annotations}
    spec: Plain = {"ingressClassName": class_}
    return (declared("kubernetes:networking.k8s.io/v1:Ingress", "api", metadata=metadata, spec=spec),)


CLEAR = f"Ingress shop/api {PROBLEM}"

RULE = Rule(
    id="ingress-rate-limited",
    title="Ingresses limit requests",
    why="One caller with a loop, or with a list of passwords, takes the service from everybody else.",
    fix="Set nginx.ingress.kubernetes.io/limit-rps to what one address may ask for in a second.",
    severity=Severity.MEDIUM,
    covers=("new-services:38", "new-services:212", "optibid:38", "optibid:58", "optibid:459"),
    kinds=frozenset({"networking.k8s.io/Ingress"}),
    check=EachObject(check),
    allows={
        "by the second": _ingress(annotations={PREFIX + "limit-rps": "20"}),
        "by connections": _ingress(annotations={PREFIX + "limit-connections": "10"}),
        "another class": _ingress("alb"),
        "no class": _ingress(None),
    },
    refuses={
        "none": bad_example(_ingress(), CLEAR),
        "zero is none": bad_example(_ingress(annotations={PREFIX + "limit-rps": "0"}), CLEAR),
        "no number": bad_example(_ingress(annotations={PREFIX + "limit-rpm": "many"}), CLEAR),
        "the older annotation": bad_example(_ingress(None, annotations={CLASS: "nginx"}), CLEAR),
    },
)
