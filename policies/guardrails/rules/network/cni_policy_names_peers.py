"""Policies of Cilium and Calico name whom they let in and out, and it is not the world.

Cilium: no rule under `ingress` or `egress` may name the entities `world`, `all` or `cluster`, a range of addresses that
is the world (`CIDR`, `CIDRSet`), every endpoint of the cluster, or nobody while it names ports. The rule `{}` lets
nobody through. Calico: no rule with the action `Allow` or `Pass` may name such a range under `nets`, or nobody.
Names may be resolved anywhere, so egress rules whose ports are all 53 are spared the last demand, as those of
`egress-names-peers` are.
"""

from collections.abc import Iterator

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.kubernetes.default_deny import ALLOWS_NOTHING, CALICO, CILIUM, CLUSTER_WIDE, EVERY_POD
from guardrails.kubernetes.network_peers import DNS
from guardrails.kubernetes.rbac import refused
from guardrails.kubernetes.selectors import selects_all
from guardrails.model.answer import NO, Answer, doubtful, either, every, one_of
from guardrails.model.cidr import is_world
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

CROWDS = ("all", "cluster", "world", "world-ipv4", "world-ipv6")
"""Cilium's entities that are more than one pod, node or service."""
CILIUM_PEERS = ("Endpoints", "Requires", "CIDR", "CIDRSet", "Entities", "Services", "FQDNs", "Groups", "Nodes")
"""How Cilium's fields for peers end; they begin with `from` or `to`."""
CALICO_PEERS = ("nets", "selector", "namespaceSelector", "serviceAccounts", "services", "domains")
NOBODY = "opens its ports to everybody: a rule names no peer"


def check(policy: Object) -> Violations:
    """Name each rule that is open to a crowd."""
    if policy.id in CALICO:
        yield from _calico(policy)
        return
    for spec in (policy.at("spec"), *policy.items("specs")):
        for direction, side in (("ingress", "from"), ("egress", "to")):
            for rule in spec.items(direction):
                yield from _cilium(rule, side, cluster_wide=policy.id in CLUSTER_WIDE)


def _cilium(rule: Node, side: str, *, cluster_wide: bool) -> Violations:
    for entity in rule.items(f"{side}Entities"):
        if (named := entity.read()) in CROWDS:
            yield entity.fails(f"opens {named}")
    yield from _worlds(rule.items(f"{side}CIDR"))
    yield from _worlds(each.at("cidr") for each in rule.items(f"{side}CIDRSet"))
    for endpoint in rule.items(f"{side}Endpoints") if cluster_wide else ():
        yield from refused(selects_all(endpoint), endpoint, "opens every pod of the cluster")
    if rule.plain:
        peers = (_narrows(rule.at(f"{side}{peer}"), None) for peer in CILIUM_PEERS)
        names = every(rule.at("toPorts"), _are_dns) if side == "to" else NO
        yield from either([*peers, names]).unless(rule.fails(NOBODY))


def _calico(policy: Object) -> Violations:
    for direction, side in (("ingress", "source"), ("egress", "destination")):
        for rule in policy.items("spec", direction):
            action = rule.read("action")
            if isinstance(action, Unknown) or action in ALLOWS_NOTHING:
                continue
            yield from _worlds(rule.items(side, "nets"))
            peers = (_narrows(rule.at(side, field), *EVERY_POD, []) for field in CALICO_PEERS)
            names = every(rule.at(side, "ports"), _is_dns) if side == "destination" else NO
            yield from either([*peers, names]).unless(rule.fails(NOBODY, side))


def _worlds(ranges: Iterator[Node]) -> Violations:
    for each in ranges:
        if is_world(cidr := each.read()):
            yield each.fails(f"opens {cidr}")


def _narrows(place: Node, *everybody: Plain) -> Answer:
    return doubtful(place) if isinstance(place.plain, Unknown) else Answer(possible=place.plain not in everybody)


def _are_dns(ports: Node) -> Answer:
    return every(ports.at("ports"), lambda each: _is_dns(each.at("port")))


def _is_dns(port: Node) -> Answer:
    return one_of(port, DNS, str(DNS))


def _cilium_policy(direction: str, *rules: Plain, kind: str = "CiliumNetworkPolicy") -> tuple[Resource, ...]:
    namespace = None if "Clusterwide" in kind else "shop"
    spec: Plain = {"endpointSelector": {"matchLabels": {"app": "api"}}, direction: list(rules)}
    return (declared(f"kubernetes:cilium.io/v2:{kind}", "api", namespace=namespace, spec=spec),)


def _calico_policy(direction: str, *rules: Plain, kind: str = "NetworkPolicy") -> tuple[Resource, ...]:
    namespace = None if "Global" in kind else "shop"
    spec: Plain = {"selector": "app == 'api'", "types": [direction.capitalize()], direction: list(rules)}
    return (declared(f"kubernetes:projectcalico.org/v3:{kind}", "api", namespace=namespace, spec=spec),)


STORE: Plain = {"matchLabels": {"app": "store"}}
HTTPS: Plain = [{"ports": [{"port": "443", "protocol": "TCP"}]}]
NAMES: Plain = [{"ports": [{"port": "53", "protocol": "ANY"}]}]
OURS, THEIRS = "CiliumNetworkPolicy shop/api", "NetworkPolicy shop/api"

RULE = Rule(
    id="cni-policy-names-peers",
    title="Policies of Cilium and Calico name their peers",
    why="Such a rule undoes the default deny, and the rules about Kubernetes' own policies do not see it.",
    fix="Name the peers by labels, by domains or by the narrowest range of addresses.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:97", "go-live-readiness:100", "production:16", "new-services:209"),
    kinds=CILIUM | CALICO,
    check=EachObject(check),
    allows={
        "labels": _cilium_policy("egress", {"toEndpoints": [STORE], "toPorts": HTTPS}),
        "nobody": _cilium_policy("ingress", {}),
        "a domain": _cilium_policy("egress", {"toFQDNs": [{"matchName": "api.example.com"}], "toPorts": HTTPS}),
        "a range": _cilium_policy("egress", {"toCIDRSet": [{"cidr": "10.20.0.0/16"}]}),
        "the node": _cilium_policy("ingress", {"fromEntities": ["host"]}),
        "names from anywhere": _cilium_policy("egress", {"toPorts": NAMES}),
        "the own namespace": _cilium_policy("ingress", {"fromEndpoints": [{}]}),
        "Calico's labels": _calico_policy(
            "egress", {"action": "Allow", "destination": {"selector": "app == 'store'", "ports": [5432]}}
        ),
        "Calico's range": _calico_policy("ingress", {"action": "Allow", "source": {"nets": ["10.20.0.0/16"]}}),
        "what Calico denies": _calico_policy("ingress", {"action": "Deny"}),
        "Calico's names": _calico_policy("egress", {"action": "Allow", "destination": {"ports": [53]}}),
    },
    refuses={
        "the world": bad_example(_cilium_policy("ingress", {"fromEntities": ["host", "world"]}), f"{OURS} opens world"),
        "all": bad_example(_cilium_policy("egress", {"toEntities": ["all"]}), f"{OURS} opens all"),
        "the world as a range": bad_example(
            _cilium_policy("egress", {"toCIDR": ["0.0.0.0/0"]}), f"{OURS} opens 0.0.0.0/0"
        ),
        "the world but one address": bad_example(
            _cilium_policy("egress", {"toCIDRSet": [{"cidr": "::/0", "except": ["fd00::/8"]}]}), f"{OURS} opens ::/0"
        ),
        "a port of everybody": bad_example(_cilium_policy("egress", {"toPorts": HTTPS}), f"{OURS} {NOBODY}"),
        "names in": bad_example(_cilium_policy("ingress", {"toPorts": NAMES}), f"{OURS} {NOBODY}"),
        "in one of several parts": bad_example(
            (
                declared(
                    "kubernetes:cilium.io/v2:CiliumNetworkPolicy", "api", specs=[{"egress": [{"toEntities": ["all"]}]}]
                ),
            ),
            f"{OURS} opens all",
        ),
        "every endpoint": bad_example(
            _cilium_policy("ingress", {"fromEndpoints": [{}]}, kind="CiliumClusterwideNetworkPolicy"),
            "CiliumClusterwideNetworkPolicy api opens every pod of the cluster",
        ),
        "Calico's everybody": bad_example(_calico_policy("egress", {"action": "Allow"}), f"{THEIRS} {NOBODY}"),
        "Calico's every pod": bad_example(
            _calico_policy("ingress", {"action": "Allow", "source": {"selector": "all()"}}), f"{THEIRS} {NOBODY}"
        ),
        "Calico's world": bad_example(
            _calico_policy("egress", {"action": "Allow", "destination": {"nets": ["0.0.0.0/0"]}}),
            f"{THEIRS} opens 0.0.0.0/0",
        ),
        "Calico's world in the whole cluster": bad_example(
            _calico_policy("ingress", {"action": "Pass", "source": {"nets": ["::/0"]}}, kind="GlobalNetworkPolicy"),
            "GlobalNetworkPolicy api opens ::/0",
        ),
    },
)
