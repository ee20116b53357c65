"""An Ingress names the hosts that it serves.

Each `spec.rules[].host` of an `Ingress` must be there and hold no `*`, and there must be a rule: an Ingress with a
default backend alone takes every host.
"""

from dataclasses import replace

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.model.findings import Violations
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

ANY = "serves every host"


def check(ingress: Object) -> Violations:
    """Name each rule that is for hosts nobody named."""
    rules = ingress.read("spec", "rules")
    if ingress.at("spec", "rules").plain in (None, []) and not ingress.partial:
        yield ingress.fails(ANY, "spec", "rules")
    if isinstance(rules, Unknown):
        return
    for rule in ingress.items("spec", "rules"):
        host = rule.read("host")
        if isinstance(host, str) and "*" in host:
            yield rule.fails(f"serves every host of {host}", "host")
        elif not isinstance(host, str | Unknown) or host == "":
            yield rule.fails(ANY, "host")


def _old(ingress: tuple[Resource, ...]) -> tuple[Resource, ...]:
    return tuple(replace(each, type="kubernetes:extensions/v1beta1:Ingress") for each in ingress)


def _ingress(*hosts: Plain, **spec: Plain) -> tuple[Resource, ...]:
    rules: list[Plain] = [{"host": host} for host in hosts]
    fields: Plain = {"rules": rules, **spec}
    return (declared("kubernetes:networking.k8s.io/v1:Ingress", "api", spec=fields),)


EVERY = f"Ingress shop/api {ANY}"
BACKEND: Plain = {"service": {"name": "api", "port": {"number": 80}}}

RULE = Rule(
    id="ingress-names-hosts",
    title="Ingresses name their hosts",
    why="An Ingress without a host takes over the traffic of hosts that others have not claimed yet.",
    fix="Name the full host in every rule, without a wildcard.",
    severity=Severity.MEDIUM,
    covers=("production:8", "optibid:72", "go-live-readiness:160"),
    kinds=frozenset({"extensions/Ingress", "networking.k8s.io/Ingress"}),
    check=EachObject(check),
    allows={
        "one": _ingress("api.254carbon.ai"),
        "two": _ingress("api.254carbon.ai", "hub.254carbon.ai"),
    },
    refuses={
        "no host": bad_example(_ingress(None), EVERY),
        "empty": bad_example(_ingress(""), EVERY),
        "any": bad_example(_ingress("*"), "Ingress shop/api serves every host of *"),
        "a wildcard": bad_example(
            _ingress("api.254carbon.ai", "*.254carbon.ai"), "Ingress shop/api serves every host of *.254carbon.ai"
        ),
        "no rules": bad_example(_ingress(defaultBackend=BACKEND), EVERY),
        "an old version": bad_example(_old(_ingress(None)), EVERY),
    },
)
