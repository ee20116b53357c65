"""How a mesh shares the requests of one service out between its stable and its new version."""

import pulumi
import pulumi_kubernetes as k8s

from components.args import NAME, Args, Labels, Wire, labelled
from settings.vocabulary import DnsLabel

API_VERSION = "networking.istio.io/v1"
STABLE, CANARY, ROUTE = "stable", "canary", "primary"
INJECTED = {"istio-injection": "enabled"}
"""The label of a namespace whose pods get the mesh's proxy; the mesh needs its CNI plugin where pods are restricted."""
CONTROL_PORT = 15012
"""Where a proxy asks for its routes and certificates."""
PROXY = {"CPU": "50m", "CPULimit": "500m", "Memory": "64Mi", "MemoryLimit": "256Mi"}
"""What the proxy in each pod is promised and may take; a namespace's quota counts it."""
PROXIED = {f"sidecar.istio.io/proxy{key}": value for key, value in PROXY.items()}
"""The annotations of a pod that say so to the mesh."""


class MeshRouteArgs(Args):
    """Whose requests are shared out."""

    service: DnsLabel
    namespace: Wire[DnsLabel]
    home: DnsLabel
    """The namespace as plain text, since the host's name holds it."""
    labels: Labels


class MeshRoute(pulumi.ComponentResource):
    """Owns the VirtualService and the DestinationRule of one service (signal-service-v2:100 to signal-service-v2:118).

    The rollouts controller owns the weights, and the versions that the subsets stand for: the program writes how they
    begin, and leaves them alone from then on. Calls from within the mesh obey the weights.
    """

    route: pulumi.Output[str]
    """The name of both objects, known in a preview."""

    def __init__(self, name: str, args: MeshRouteArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("golive:workload:MeshRoute", name, None, opts)
        host = f"{args.service}.{args.home}.svc.cluster.local"
        metadata = {
            "name": args.service,
            "namespace": args.namespace,
            "labels": labelled(args.labels, args.service),
        }
        subsets = [{"name": subset, "labels": {NAME: args.service}} for subset in (STABLE, CANARY)]
        rule = k8s.apiextensions.CustomResource(
            f"{name}-subsets",
            api_version=API_VERSION,
            kind="DestinationRule",
            metadata=metadata,
            spec={"host": host, "subsets": subsets},
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["spec.subsets"]),
        )
        shares = [
            {"destination": {"host": host, "subset": subset}, "weight": weight}
            for subset, weight in ((STABLE, 100), (CANARY, 0))
        ]
        k8s.apiextensions.CustomResource(
            f"{name}-weights",
            api_version=API_VERSION,
            kind="VirtualService",
            metadata=metadata,
            spec={"hosts": [host], "http": [{"name": ROUTE, "route": shares}]},
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["spec.http"], depends_on=[rule]),
        )
        self.route = rule.urn.apply(lambda _: args.service)
        self.register_outputs({"route": self.route})


def traffic_routing(service: str) -> dict[str, object]:
    """Tell a Rollout which route carries its weights."""
    return {
        "istio": {
            "virtualService": {"name": service, "routes": [ROUTE]},
            "destinationRule": {"name": service, "stableSubsetName": STABLE, "canarySubsetName": CANARY},
        }
    }
