"""A namespace that starts closed: restricted pods, a ceiling on what they use, and no traffic but DNS."""

from typing import Annotated

import pulumi
import pulumi_kubernetes as k8s
from pydantic import Field

from components.args import NAMESPACE_NAME, Args, Labels, labelled
from components.workload.mesh_route import CONTROL_PORT, INJECTED
from settings.vocabulary import CpuQuantity, DnsLabel, MemoryQuantity

DNS_PORT = 53
DNS_NAMESPACE = "kube-system"
DNS_PODS = {"k8s-app": "kube-dns"}
"""CoreDNS carries this label on EKS and wherever kubeadm, kind or k3s made the cluster."""

POD_SECURITY = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")} | {
    f"pod-security.kubernetes.io/{mode}-version": "latest" for mode in ("enforce", "audit", "warn")
}
"""The version follows the cluster: a pinned one would quietly keep judging by old rules after an upgrade."""


class Quota(Args):
    """The most that all pods of a namespace may use together; one rollout's surge included."""

    pods: Annotated[int, Field(ge=1)]
    """Pods, of any state but finished."""
    cpu_requests: CpuQuantity
    cpu_limits: CpuQuantity
    memory_requests: MemoryQuantity
    memory_limits: MemoryQuantity


class NamespaceArgs(Args):
    """What a namespace is called, whose it is, and how much it may use."""

    namespace: DnsLabel
    """The name in the cluster."""
    labels: Labels
    quota: Quota
    mesh: DnsLabel | None = None
    """The namespace of the mesh whose proxy every pod gets; absent where none runs."""


class Namespace(pulumi.ComponentResource):
    """Owns a namespace and what keeps it closed until ``NetworkPolicies`` opens single edges.

    Answers production:15 and go-live-readiness:101 (restricted pods), go-live-readiness:100 (default deny) and
    production:6 (hardened cluster). No Service of type LoadBalancer or NodePort fits in: traffic comes through the
    gateway. DNS is open to the cluster's own DNS pods only; a node-local DNS cache would need a rule of its own.
    """

    namespace: pulumi.Output[str]
    """The namespace's name. It is known in a preview, and whoever uses it waits for the namespace."""

    def __init__(self, name: str, args: NamespaceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("golive:platform:Namespace", name, None, opts)
        labels = labelled(args.labels, args.namespace)
        created = k8s.core.v1.Namespace(
            f"{name}-namespace",
            metadata={"name": args.namespace, "labels": {**labels, **POD_SECURITY, **(INJECTED if args.mesh else {})}},
            opts=pulumi.ResourceOptions(parent=self),
        )
        # Not metadata.name: that is unknown in the preview of a new cluster, and guardrails fail on what is unknown.
        self.namespace = created.urn.apply(lambda _: args.namespace)
        self._limit(name, args.quota, labels)
        self._close(name, labels)
        if args.mesh:
            self._join(name, args.mesh, labels)
        self.register_outputs({"namespace": self.namespace})

    def _limit(self, name: str, quota: Quota, labels: dict[str, str]) -> None:
        """Set the ceiling of the namespace, and what a container gets that does not say."""
        owned = pulumi.ResourceOptions(parent=self)
        k8s.core.v1.ResourceQuota(
            f"{name}-quota",
            metadata={"name": "quota", "namespace": self.namespace, "labels": labels},
            spec={
                "hard": {
                    "pods": str(quota.pods),
                    "requests.cpu": quota.cpu_requests,
                    "limits.cpu": quota.cpu_limits,
                    "requests.memory": quota.memory_requests,
                    "limits.memory": quota.memory_limits,
                    "services.loadbalancers": "0",
                    "services.nodeports": "0",
                }
            },
            opts=owned,
        )
        k8s.core.v1.LimitRange(
            f"{name}-limits",
            metadata={"name": "limits", "namespace": self.namespace, "labels": labels},
            spec={
                "limits": [
                    {
                        "type": "Container",
                        "default_request": {"cpu": "100m", "memory": "128Mi"},
                        "default": {"cpu": "500m", "memory": "128Mi"},
                    }
                ]
            },
            opts=owned,
        )

    def _close(self, name: str, labels: dict[str, str]) -> None:
        """Deny all traffic, then allow names to be resolved."""
        owned = pulumi.ResourceOptions(parent=self)
        k8s.networking.v1.NetworkPolicy(
            f"{name}-deny-all",
            metadata={"name": "deny-all", "namespace": self.namespace, "labels": labels},
            spec={"pod_selector": {}, "policy_types": ["Ingress", "Egress"]},
            opts=owned,
        )
        k8s.networking.v1.NetworkPolicy(
            f"{name}-allow-dns",
            metadata={"name": "allow-dns", "namespace": self.namespace, "labels": labels},
            spec={
                "pod_selector": {},
                "policy_types": ["Egress"],
                "egress": [
                    {
                        "to": [
                            {
                                "namespace_selector": {"match_labels": {NAMESPACE_NAME: DNS_NAMESPACE}},
                                "pod_selector": {"match_labels": DNS_PODS},
                            }
                        ],
                        "ports": [{"port": DNS_PORT, "protocol": "UDP"}, {"port": DNS_PORT, "protocol": "TCP"}],
                    }
                ],
            },
            opts=owned,
        )

    def _join(self, name: str, mesh: str, labels: dict[str, str]) -> None:
        """Let the proxies ask the mesh for their routes and certificates."""
        k8s.networking.v1.NetworkPolicy(
            f"{name}-allow-mesh",
            metadata={"name": "allow-mesh", "namespace": self.namespace, "labels": labels},
            spec={
                "pod_selector": {},
                "policy_types": ["Egress"],
                "egress": [
                    {
                        "to": [{"namespace_selector": {"match_labels": {NAMESPACE_NAME: mesh}}}],
                        "ports": [{"port": CONTROL_PORT, "protocol": "TCP"}],
                    }
                ],
            },
            opts=pulumi.ResourceOptions(parent=self),
        )
