"""Policies say who may connect.

Each rule under `spec.ingress` of a `NetworkPolicy` must have a `from` with at least one peer, and each peer a selector
or an `ipBlock`. A rule without `from` opens its ports to everybody, and the rule `{}` opens every port.
"""

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.kubernetes.network_peers import names_peers
from guardrails.model.findings import Violations
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain
from guardrails.rule import EachObject, Rule, Severity

POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
PROBLEM = "lets everybody in: a rule names no peer"


def check(policy: Object) -> Violations:
    """Name each rule that is open to all."""
    yield from names_peers(policy, "ingress", "from", PROBLEM)


def _policy(*rules: Plain) -> tuple[Resource, ...]:
    return (declared(POLICY, "api", spec={"podSelector": {}, "policyTypes": ["Ingress"], "ingress": list(rules)}),)


GATEWAY: Plain = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "istio-ingress"}}}
OPEN = f"NetworkPolicy shop/api {PROBLEM}"

RULE = Rule(
    id="ingress-names-peers",
    title="Network policies name who may connect",
    why="A rule without a peer undoes the default: every pod and every address may connect.",
    fix="Name the callers under from; in the catalogue they are a service's called_by, and edge for the gateway.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:100", "production:16", "new-services:209", "go-live-readiness:97"),
    kinds=frozenset({"networking.k8s.io/NetworkPolicy"}),
    check=EachObject(check),
    allows={
        "a named peer": _policy({"from": [GATEWAY], "ports": [{"port": 8080}]}),
        "no rules": _policy(),
        "pods of the namespace": _policy({"from": [{"podSelector": {}}]}),
    },
    refuses={
        "everything": bad_example(_policy({}), OPEN),
        "a port for everybody": bad_example(_policy({"ports": [{"port": 8080}]}), OPEN),
        "no peers": bad_example(_policy({"from": []}), OPEN),
        "an empty peer": bad_example(_policy({"from": [{}]}), OPEN),
        "null": bad_example(_policy({"from": None}), OPEN),
        "beside a sound rule": bad_example(_policy({"from": [GATEWAY]}, {}), OPEN),
    },
)
