"""Policies say where pods may connect to.

Each rule under `spec.egress` of a `NetworkPolicy` must have a `to` with at least one peer, and each peer a selector or
an `ipBlock`. One rule without `to` is sound: names may be resolved anywhere, so a rule whose `ports` are all 53 needs
no peer.
"""

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.kubernetes.network_peers import names_peers, resolves_names
from guardrails.model.findings import Violations
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain
from guardrails.rule import EachObject, Rule, Severity

POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
PROBLEM = "lets pods connect to everybody: a rule names no peer"


def check(policy: Object) -> Violations:
    """Name each rule that is open to all."""
    yield from names_peers(policy, "egress", "to", PROBLEM, resolves_names)


def _policy(*rules: Plain) -> tuple[Resource, ...]:
    return (declared(POLICY, "api", spec={"podSelector": {}, "policyTypes": ["Egress"], "egress": list(rules)}),)


STORE: Plain = {"podSelector": {"matchLabels": {"app": "postgresql"}}}
OPEN = f"NetworkPolicy shop/api {PROBLEM}"

RULE = Rule(
    id="egress-names-peers",
    title="Network policies name where pods may connect to",
    why="A rule without a peer undoes the default: a taken-over pod may send what it found anywhere.",
    fix="Name the peers under to; in the catalogue they are a service's calls, stores and internet.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:100", "production:16", "new-services:209", "go-live-readiness:97"),
    kinds=frozenset({"networking.k8s.io/NetworkPolicy"}),
    check=EachObject(check),
    allows={
        "a named peer": _policy({"to": [STORE], "ports": [{"port": 5432}]}),
        "no rules": _policy(),
        "names from anywhere": _policy({"ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]}),
    },
    refuses={
        "everything": bad_example(_policy({}), OPEN),
        "a port of everybody": bad_example(_policy({"ports": [{"port": 443}]}), OPEN),
        "DNS and another port": bad_example(_policy({"ports": [{"port": 53}, {"port": 443}]}), OPEN),
        "a range from DNS": bad_example(_policy({"ports": [{"port": 53, "endPort": 65535}]}), OPEN),
        "no ports": bad_example(_policy({"ports": []}), OPEN),
        "no peers": bad_example(_policy({"to": []}), OPEN),
        "an empty peer": bad_example(_policy({"to": [{}]}), OPEN),
        "beside a sound rule": bad_example(_policy({"to": [STORE]}, {}), OPEN),
    },
)
