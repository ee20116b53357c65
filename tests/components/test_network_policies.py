"""What may connect is what was agreed, for every pair of pods and every port, and nothing else."""

from itertools import product
from typing import Any

import pytest
from pydantic import ValidationError

from components.platform.namespace import Namespace, NamespaceArgs, Quota
from components.workload.network_policies import NetworkPolicies, NetworkPoliciesArgs
from tests.support.plan import LABELS, Planned, named, paths, plan, spec
from tests.support.reachability import Pod, may_connect, policies

COMPONENT = "golive:workload:NetworkPolicies"
POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
POSTGRESQL = {"name": "postgresql", "port": 5432, "namespace": "infra"}
CLICKHOUSE = {"name": "clickhouse", "port": 9440, "cidrs": ["10.20.64.0/20", "10.20.32.0/20"]}
GATEWAY: dict[str, Any] = {
    "service": "api-gateway",
    "port": 8080,
    "edge": True,
    "callees": [
        {"namespace": "market", "service": "marketplace", "port": 8015},
        {"namespace": "optibid", "service": "backend", "port": 8000},
    ],
}
MARKETPLACE: dict[str, Any] = {
    "service": "marketplace",
    "port": 8015,
    "metrics_port": 9090,
    "callers": [{"namespace": "market", "service": "api-gateway"}],
    "stores": [POSTGRESQL, CLICKHOUSE],
}
CONNECTOR = {"service": "connector", "port": 8040, "internet": True}
BACKEND = {"service": "backend", "port": 8000, "callers": [{"namespace": "market", "service": "api-gateway"}]}
FRONTEND = {"service": "marketplace", "port": 3000}
"""A service that bears the name of another product's service."""

AGREED = {
    ("ingress", "market/api-gateway", 8080),
    ("market/api-gateway", "market/marketplace", 8015),
    ("market/api-gateway", "optibid/backend", 8000),
    ("market/marketplace", "postgresql", 5432),
    ("market/marketplace", "clickhouse", 9440),
    ("market/marketplace", "clickhouse replica", 9440),
    ("market/connector", "proxy", 3128),
    ("prometheus", "market/api-gateway", 8080),
    ("prometheus", "market/marketplace", 9090),
    ("prometheus", "market/connector", 8040),
    ("prometheus", "optibid/backend", 8000),
    ("prometheus", "optibid/marketplace", 3000),
}


def service(namespace: str, name: str) -> Pod:
    return Pod(f"{namespace}/{name}", namespace, (("app.kubernetes.io/name", name),))


OURS = (
    service("market", "api-gateway"),
    service("market", "marketplace"),
    service("market", "connector"),
    Pod("market/stray", "market", (("app", "debug"),)),
    service("optibid", "backend"),
    service("optibid", "marketplace"),
)
OTHERS = (
    Pod("ingress", "istio-ingress", (("app", "istio"),)),
    Pod("prometheus", "monitoring"),
    Pod("proxy", "egress"),
    Pod("postgresql", "infra"),
    service("elsewhere", "api-gateway"),
    service("kube-system", "marketplace"),
    Pod("clickhouse", address="10.20.70.4"),
    Pod("clickhouse replica", address="10.20.33.4"),
    Pod("internet", address="93.184.216.34"),
)
PORTS = (8080, 8015, 9090, 8040, 8000, 3000, 5432, 9440, 3128, 443, 53)


def arguments(namespace: str, *services: dict[str, Any]) -> dict[str, Any]:
    return {
        "namespace": namespace,
        "labels": LABELS,
        "services": list(services),
        "gateway": "istio-ingress",
        "monitoring": "monitoring",
        "proxy": {"namespace": "egress", "port": 3128},
    }


def declare() -> None:
    quota = Quota(pods=9, cpu_requests="1", cpu_limits="1", memory_requests="1Gi", memory_limits="1Gi")
    for name, services in (("market", (GATEWAY, MARKETPLACE, CONNECTOR)), ("optibid", (BACKEND, FRONTEND))):
        Namespace(name, NamespaceArgs(namespace=name, labels=LABELS, quota=quota))
        NetworkPolicies(name, NetworkPoliciesArgs.model_validate(arguments(name, *services)))


@pytest.fixture(scope="module")
def planned() -> tuple[Planned, ...]:
    return plan(declare)


def planned_with(*services: dict[str, Any]) -> tuple[Planned, ...]:
    args = arguments("market", *services)
    return plan(lambda: NetworkPolicies("market", NetworkPoliciesArgs.model_validate(args)))


def test_what_may_connect_is_what_was_agreed(planned: tuple[Planned, ...]) -> None:
    found = policies(planned)
    pairs = [(one, other) for one, other in product((*OURS, *OTHERS), repeat=2) if one != other]
    open_ways = {
        (source.name, target.name, port)
        for (source, target), port in product(pairs, PORTS)
        if (source in OURS or target in OURS) and may_connect(found, source, target, port)
    }
    assert open_ways == AGREED


def test_every_pod_may_resolve_names_and_only_at_the_cluster_s_dns(planned: tuple[Planned, ...]) -> None:
    found = policies(planned)
    dns = Pod("dns", "kube-system", (("k8s-app", "kube-dns"),))
    false_dns = Pod("false dns", "optibid", (("k8s-app", "kube-dns"),))
    for pod, protocol in product(OURS, ("UDP", "TCP")):
        assert may_connect(found, pod, dns, 53, protocol)
        assert not may_connect(found, pod, dns, 443, protocol)
        assert not may_connect(found, pod, false_dns, 53, protocol)


def test_nothing_but_tcp_is_open(planned: tuple[Planned, ...]) -> None:
    found = policies(planned)
    by_name = {pod.name: pod for pod in (*OURS, *OTHERS)}
    for source, target, port in AGREED:
        assert not may_connect(found, by_name[source], by_name[target], port, "UDP")


def test_owns_one_policy_for_each_service() -> None:
    assert paths(planned_with(MARKETPLACE, GATEWAY)) == [
        f"{COMPONENT}${POLICY}::market-api-gateway",
        f"{COMPONENT}${POLICY}::market-marketplace",
        f"{COMPONENT}::market",
    ]


def test_a_peer_names_its_namespace_and_its_pods_at_once(planned: tuple[Planned, ...]) -> None:
    assert spec(planned, "optibid-backend") == {
        "podSelector": {"matchLabels": {"app.kubernetes.io/name": "backend"}},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [
            {
                "from": [
                    {
                        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "market"}},
                        "podSelector": {"matchLabels": {"app.kubernetes.io/name": "api-gateway"}},
                    }
                ],
                "ports": [{"port": 8000, "protocol": "TCP"}],
            },
            {
                "from": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}],
                "ports": [{"port": 8000, "protocol": "TCP"}],
            },
        ],
        "egress": [],
    }


def test_no_rule_is_open_to_everybody(planned: tuple[Planned, ...]) -> None:
    for policy in policies(planned):
        for side, peers in (("ingress", "from"), ("egress", "to")):
            for rule in policy["spec"].get(side, []):
                assert rule[peers], policy["metadata"]
                assert rule["ports"], policy["metadata"]


def test_the_order_of_the_arguments_changes_nothing() -> None:
    turned = {key: value[::-1] if isinstance(value, list) else value for key, value in MARKETPLACE.items()}
    turned["stores"] = [{**CLICKHOUSE, "cidrs": ["10.20.32.0/20", "10.20.64.0/20"]}, POSTGRESQL]
    turned_gateway = {**GATEWAY, "callees": GATEWAY["callees"][::-1]}
    assert planned_with(turned_gateway, turned) == planned_with(MARKETPLACE, GATEWAY)


def test_objects_are_named_and_labelled(planned: tuple[Planned, ...]) -> None:
    assert named(planned, "market-connector").inputs["metadata"] == {
        "name": "connector",
        "namespace": "market",
        "labels": {**LABELS, "app.kubernetes.io/name": "connector"},
    }
    assert named(planned, "optibid", COMPONENT).outputs == {"policies": ["backend", "marketplace"]}


@pytest.mark.parametrize(
    ("services", "words"),
    [
        ([], "at least 1 item"),
        ([BACKEND, BACKEND], "expected each service once, with all its edges; named twice: backend"),
        ([{**BACKEND, "port": 0}], "port"),
        ([{**BACKEND, "caller": []}], "Extra inputs are not permitted"),
        ([{**BACKEND, "callers": [{"service": "x"}]}], "Field required"),
        (
            [{**BACKEND, "stores": [{"name": "redis", "port": 6379}]}],
            "expected the store redis in a namespace or in cidrs, and not in both",
        ),
        (
            [{**BACKEND, "stores": [{**POSTGRESQL, "cidrs": ["10.0.0.0/8"]}]}],
            "expected the store postgresql in a namespace or in cidrs, and not in both",
        ),
        ([{**BACKEND, "stores": [{"name": "redis", "port": 6379, "cidrs": ["10.0.0.1/8"]}]}], "CIDR"),
    ],
)
def test_refuses(services: list[Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        NetworkPoliciesArgs.model_validate(arguments("market", *services))
