"""No policy opens a namespace to every pod of the cluster.

A peer of a `NetworkPolicy` whose `namespaceSelector` is empty means all namespaces, and so does one that asks only for
what every namespace has (its name), or for what a namespace must not have. It must then have a `podSelector` that
narrows it down, as the one for the cluster's DNS pods does. Names may be resolved anywhere, so egress rules whose
ports are all 53 are spared.
"""

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.kubernetes.network_peers import resolves_names
from guardrails.kubernetes.selectors import selects_all
from guardrails.model.answer import NO, YES, Answer, doubtful
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
OWN_NAME = "kubernetes.io/metadata.name"
"""The label that the API server gives to every namespace."""
PROBLEM = "opens the namespace to every pod of the cluster"


def check(policy: Object) -> Violations:
    """Name each peer that is everybody."""
    for rule in policy.items("spec", "ingress"):
        for peer in rule.items("from"):
            yield from _judged(peer, NO)
    for rule in policy.items("spec", "egress"):
        spared = resolves_names(rule)
        for peer in () if spared.certain else rule.items("to"):
            yield from _judged(peer, spared)


def _judged(peer: Node, spared: Answer) -> Violations:
    """A fault for a peer that is everybody, unless its rule may be spared, which then is what nobody knows."""
    match = _everywhere(peer.at("namespaceSelector")) & _all_pods(peer)
    if match.certain and not spared.possible:
        yield peer.fails(PROBLEM, "namespaceSelector")
    doubts = (*match.doubts, *spared.doubts) if match.possible else ()
    yield from (doubt.undecided() for doubt in doubts)


def _everywhere(namespaces: Node) -> Answer:
    labels, expressions = namespaces.at("matchLabels"), namespaces.at("matchExpressions").elements()
    if not expressions or (labels.plain and not isinstance(labels.plain, Unknown)):
        return selects_all(namespaces)
    match = doubtful(labels) if isinstance(labels.plain, Unknown) else YES
    for expression in expressions:
        match = match & _narrows_nothing(expression)
    return match


def _narrows_nothing(expression: Node) -> Answer:
    operator, key = expression.at("operator"), expression.at("key")
    if isinstance(operator.plain, Unknown):
        return doubtful(operator)
    if operator.plain == "Exists":
        return doubtful(key) if isinstance(key.plain, Unknown) else Answer(possible=key.plain == OWN_NAME)
    return Answer(possible=operator.plain in {"DoesNotExist", "NotIn"})


def _all_pods(peer: Node) -> Answer:
    selector = peer.at("podSelector")
    return YES if selector.plain is None else selects_all(selector)


def _policy(peer: Plain, direction: str = "ingress", *ports: Plain) -> tuple[Resource, ...]:
    rule: dict[str, Plain] = {"from" if direction == "ingress" else "to": [peer]}
    if ports:
        rule["ports"] = [{"port": port, "protocol": "UDP"} for port in ports]
    return (declared(POLICY, "api", spec={"podSelector": {}, direction: [rule]}),)


OPEN = f"NetworkPolicy shop/api {PROBLEM}"
DNS_PODS: Plain = {"matchLabels": {"k8s-app": "kube-dns"}}

RULE = Rule(
    id="no-cluster-wide-peer",
    title="Network policies do not open a namespace to all others",
    why="The namespaces of other teams, and of what they run, would be inside the default deny.",
    fix="Select the namespace by its label kubernetes.io/metadata.name, and the pods by theirs.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:100", "production:16", "new-services:209"),
    kinds=frozenset({"networking.k8s.io/NetworkPolicy"}),
    check=EachObject(check),
    allows={
        "one namespace": _policy({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}),
        "certain pods anywhere": _policy({"namespaceSelector": {}, "podSelector": DNS_PODS}, "egress"),
        "names from any namespace": _policy({"namespaceSelector": {}}, "egress", 53),
        "all pods of the same namespace": _policy({"podSelector": {}}),
        "an expression": _policy({"namespaceSelector": {"matchExpressions": [{"key": "team", "operator": "Exists"}]}}),
    },
    refuses={
        "whatever has a name": bad_example(
            _policy({"namespaceSelector": {"matchExpressions": [{"key": OWN_NAME, "operator": "Exists"}]}}), OPEN
        ),
        "whatever lacks a label": bad_example(
            _policy({"namespaceSelector": {"matchExpressions": [{"key": "x", "operator": "DoesNotExist"}]}}), OPEN
        ),
        "all namespaces": bad_example(_policy({"namespaceSelector": {}}), OPEN),
        "out to all namespaces": bad_example(_policy({"namespaceSelector": {}}, "egress"), OPEN),
        "names and more from any namespace": bad_example(_policy({"namespaceSelector": {}}, "egress", 53, 443), OPEN),
        "their names": bad_example(_policy({"namespaceSelector": {}}, "ingress", 53), OPEN),
        "all pods of all namespaces": bad_example(_policy({"namespaceSelector": {}, "podSelector": {}}), OPEN),
        "empty parts": bad_example(_policy({"namespaceSelector": {"matchLabels": {}, "matchExpressions": []}}), OPEN),
        "null parts": bad_example(_policy({"namespaceSelector": {"matchLabels": None}}), OPEN),
    },
)
