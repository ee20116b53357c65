"""Who may talk to whom in one namespace: what the services agreed on, and nothing else."""

from collections.abc import Iterable
from typing import Annotated, Self, TypeVar

import pulumi
import pulumi_kubernetes as k8s
from pydantic import Field, field_validator, model_validator

from components.args import NAME, NAMESPACE_NAME, Args, Labels, Wire, labelled
from settings.vocabulary import Cidr, DnsLabel, Port


class Caller(Args):
    """A service that may call."""

    namespace: DnsLabel
    service: DnsLabel


class Callee(Args):
    """A service that is called."""

    namespace: DnsLabel
    service: DnsLabel
    port: Port


Neighbour = TypeVar("Neighbour", Caller, Callee)


class StoreEndpoint(Args):
    """A data store: pods of a namespace in the cluster, or networks outside it."""

    name: DnsLabel
    port: Port
    namespace: DnsLabel | None = None
    cidrs: tuple[Cidr, ...] = ()

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.namespace is None) == (not self.cidrs):
            raise ValueError(f"expected the store {self.name} in a namespace or in cidrs, and not in both")
        return self


class EgressProxy(Args):
    """The only way to the internet."""

    namespace: DnsLabel
    port: Port


class ServiceEdges(Args):
    """What one service of the namespace may be asked by, and what it may ask."""

    service: DnsLabel
    port: Port | None
    """Where it listens; None for pods that nobody may call."""
    metrics_port: Port | None = None
    """Where metrics are scraped; None means at ``port``."""
    callers: tuple[Caller, ...] = ()
    callees: tuple[Callee, ...] = ()
    stores: tuple[StoreEndpoint, ...] = ()
    edge: bool = False
    """Whether users reach it through the gateway."""
    internet: bool = False
    """Whether it may use the egress proxy."""


class NetworkPoliciesArgs(Args):
    """The edges of one namespace, and where its neighbours live."""

    namespace: Wire[DnsLabel]
    labels: Labels
    services: Annotated[tuple[ServiceEdges, ...], Field(min_length=1)]
    gateway: DnsLabel
    """The namespace of the gateway, and of nothing else that users' traffic should not pass through."""
    monitoring: DnsLabel
    """The namespace that scrapes metrics."""
    proxy: EgressProxy

    @field_validator("services")
    @classmethod
    def _different(cls, services: tuple[ServiceEdges, ...]) -> tuple[ServiceEdges, ...]:
        names = [service.service for service in services]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"expected each service once, with all its edges; named twice: {', '.join(twice)}")
        return services


class NetworkPolicies(pulumi.ComponentResource):
    """Owns one NetworkPolicy for each service; ``Namespace`` has closed everything else, but DNS.

    Answers go-live-readiness:100 (zero trust), production:16, new-services:36 and signal-service-v2:33. A service is
    named by its namespace and its pods in one peer, so a pod of the same name elsewhere gets nowhere. The gateway, the
    monitoring, the proxy and a store in the cluster are named by their namespace alone: what runs there is theirs.
    Policies hold only where the network enforces them, which ``Cluster`` switches on.
    """

    policies: pulumi.Output[list[str]]
    """The names of the policies, sorted, known in a preview."""

    def __init__(self, name: str, args: NetworkPoliciesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("golive:workload:NetworkPolicies", name, None, opts)
        made = [self._open(name, args, edges) for edges in sorted(args.services, key=lambda edges: edges.service)]
        self.policies = pulumi.Output.all(*made)
        self.register_outputs({"policies": self.policies})

    def _open(self, name: str, args: NetworkPoliciesArgs, edges: ServiceEdges) -> pulumi.Output[str]:
        policy = k8s.networking.v1.NetworkPolicy(
            f"{name}-{edges.service}",
            metadata={
                "name": edges.service,
                "namespace": args.namespace,
                "labels": labelled(args.labels, edges.service),
            },
            spec={
                "pod_selector": {"match_labels": {NAME: edges.service}},
                "policy_types": ["Ingress", "Egress"],
                "ingress": _ingress(args, edges),
                "egress": _egress(args, edges),
            },
            opts=pulumi.ResourceOptions(parent=self),
        )
        return policy.urn.apply(lambda _: edges.service)


def _ingress(
    args: NetworkPoliciesArgs, edges: ServiceEdges
) -> list[k8s.networking.v1.NetworkPolicyIngressRuleArgsDict]:
    """Open the service's port to its callers, and its metrics to the monitoring."""
    if edges.port is None:
        return []
    callers = [_pods(caller.namespace, caller.service) for caller in _sorted(edges.callers)]
    if edges.edge:
        callers.append(_namespace(args.gateway))
    metrics = edges.port if edges.metrics_port is None else edges.metrics_port
    rules: list[k8s.networking.v1.NetworkPolicyIngressRuleArgsDict] = []
    # A rule without "from" would open the port to everybody.
    if callers:
        rules.append({"from_": callers, "ports": [_tcp(edges.port)]})
    rules.append({"from_": [_namespace(args.monitoring)], "ports": [_tcp(metrics)]})
    return rules


def _egress(args: NetworkPoliciesArgs, edges: ServiceEdges) -> list[k8s.networking.v1.NetworkPolicyEgressRuleArgsDict]:
    """Open the way to the services it calls, to its data stores and, where it may, to the proxy."""
    rules: list[k8s.networking.v1.NetworkPolicyEgressRuleArgsDict] = [
        {"to": [_pods(callee.namespace, callee.service)], "ports": [_tcp(callee.port)]}
        for callee in _sorted(edges.callees)
    ]
    rules.extend(
        {"to": _places(store), "ports": [_tcp(store.port)]}
        for store in sorted(edges.stores, key=lambda store: store.name)
    )
    if edges.internet:
        rules.append({"to": [_namespace(args.proxy.namespace)], "ports": [_tcp(args.proxy.port)]})
    return rules


def _sorted(neighbours: Iterable[Neighbour]) -> list[Neighbour]:
    return sorted(neighbours, key=lambda neighbour: (neighbour.namespace, neighbour.service))


def _places(store: StoreEndpoint) -> list[k8s.networking.v1.NetworkPolicyPeerArgsDict]:
    if store.namespace is not None:
        return [_namespace(store.namespace)]
    return [{"ip_block": {"cidr": cidr}} for cidr in sorted(store.cidrs)]


def _pods(namespace: str, service: str) -> k8s.networking.v1.NetworkPolicyPeerArgsDict:
    """Name pods and their namespace in one peer: two peers would mean either."""
    return {**_namespace(namespace), "pod_selector": {"match_labels": {NAME: service}}}


def _namespace(name: str) -> k8s.networking.v1.NetworkPolicyPeerArgsDict:
    return {"namespace_selector": {"match_labels": {NAMESPACE_NAME: name}}}


def _tcp(port: int) -> k8s.networking.v1.NetworkPolicyPortArgsDict:
    return {"port": port, "protocol": "TCP"}
