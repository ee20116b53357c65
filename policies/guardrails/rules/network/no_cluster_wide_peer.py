"""No policy opens a namespace to every pod of the cluster.

A peer of a `NetworkPolicy` whose `namespaceSelector` is empty means all namespaces, and so does one that asks only for
what every namespace has (its name), or for what a namespace must not have. It must then have a `podSelector` that
narrows it down, as the one for the cluster's DNS pods does.
"""

from guardrails.examples import declared, refusal
from guardrails.node import Node
from guardrails.plain import Plain, Unknown
from guardrails.resources import Object, Resource
from guardrails.rule import EachObject, Faults, Rule, Severity
from guardrails.selectors import YES, Match, doubtful, selects_all

POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
OWN_NAME = "kubernetes.io/metadata.name"
"""The label that the API server gives to every namespace."""
WRONG = "opens the namespace to every pod of the cluster"


def check(policy: Object) -> Faults:
    """Name each peer that is everybody."""
    for direction, side in (("ingress", "from"), ("egress", "to")):
        for rule in policy.items("spec", direction):
            for peer in rule.items(side):
                match = _everywhere(peer.at("namespaceSelector")) & _all_pods(peer)
                if match.certain:
                    yield peer.fails(WRONG, "namespaceSelector")
                yield from (doubt.undecided() for doubt in match.doubts)


def _everywhere(namespaces: Node) -> Match:
    labels, expressions = namespaces.at("matchLabels"), namespaces.at("matchExpressions").elements()
    if not expressions or (labels.plain and not isinstance(labels.plain, Unknown)):
        return selects_all(namespaces)
    match = doubtful(labels) if isinstance(labels.plain, Unknown) else YES
    for expression in expressions:
        match = match & _narrows_nothing(expression)
    return match


def _narrows_nothing(expression: Node) -> Match:
    operator, key = expression.at("operator"), expression.at("key")
    if isinstance(operator.plain, Unknown):
        return doubtful(operator)
    if operator.plain == "Exists":
        return doubtful(key) if isinstance(key.plain, Unknown) else Match(possible=key.plain == OWN_NAME)
    return Match(possible=operator.plain in {"DoesNotExist", "NotIn"})


def _all_pods(peer: Node) -> Match:
    selector = peer.at("podSelector")
    return YES if selector.plain is None else selects_all(selector)


def _policy(peer: Plain, direction: str = "ingress") -> tuple[Resource, ...]:
    rules: list[Plain] = [{"from" if direction == "ingress" else "to": [peer]}]
    return (declared(POLICY, "api", spec={"podSelector": {}, direction: rules}),)


OPEN = f"NetworkPolicy shop/api {WRONG}"
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
        "all pods of the same namespace": _policy({"podSelector": {}}),
        "an expression": _policy({"namespaceSelector": {"matchExpressions": [{"key": "team", "operator": "Exists"}]}}),
    },
    refuses={
        "whatever has a name": refusal(
            _policy({"namespaceSelector": {"matchExpressions": [{"key": OWN_NAME, "operator": "Exists"}]}}), OPEN
        ),
        "whatever lacks a label": refusal(
            _policy({"namespaceSelector": {"matchExpressions": [{"key": "x", "operator": "DoesNotExist"}]}}), OPEN
        ),
        "all namespaces": refusal(_policy({"namespaceSelector": {}}), OPEN),
        "out to all namespaces": refusal(_policy({"namespaceSelector": {}}, "egress"), OPEN),
        "all pods of all namespaces": refusal(_policy({"namespaceSelector": {}, "podSelector": {}}), OPEN),
        "empty parts": refusal(_policy({"namespaceSelector": {"matchLabels": {}, "matchExpressions": []}}), OPEN),
        "null parts": refusal(_policy({"namespaceSelector": {"matchLabels": None}}), OPEN),
    },
)
