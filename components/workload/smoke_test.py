"""Whether a new version answers at all, asked before users do."""

from collections.abc import Mapping
from typing import Annotated, Any

import pulumi
import pulumi_kubernetes as k8s
from pydantic import Field

from components.args import NAME, Args, Labels, Wire, labelled
from components.workload.pod import PORT_NAME, USER
from settings.vocabulary import DnsLabel, ImageReference, Port

API_VERSION = "argoproj.io/v1alpha1"
PATIENCE_SECONDS = 120
"""How long the whole test may take."""


class SmokeTestArgs(Args):
    """What is asked, and by which image."""

    service: DnsLabel
    namespace: Wire[DnsLabel]
    home: DnsLabel
    """The namespace as plain text, since the address holds it."""
    labels: Labels
    port: Port
    health: Annotated[str, Field(pattern="^/")]
    image: ImageReference
    """An image with curl."""


class SmokeTest(pulumi.ComponentResource):
    """Owns the Service of the new version alone, the AnalysisTemplate with its Job, and the way between the two.

    Answers signal-service-v2:95 and go-live-readiness:188: nobody gets a version that does not answer. The controller
    points
    the Service to the new version. The Job has no rights, no token, and one address that it may ask.
    """

    preview: pulumi.Output[str]
    """The name of the new version's Service, known in a preview."""

    def __init__(self, name: str, args: SmokeTestArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("golive:workload:SmokeTest", name, None, opts)
        own = pulumi.ResourceOptions(parent=self)
        preview = k8s.core.v1.Service(
            f"{name}-preview",
            metadata=_metadata(args, preview_name(args.service), args.service),
            spec={
                "type": "ClusterIP",
                "selector": {NAME: args.service},
                "ports": [{"name": PORT_NAME, "port": args.port, "target_port": PORT_NAME, "protocol": "TCP"}],
            },
            opts=own,
        )
        k8s.apiextensions.CustomResource(
            f"{name}-smoke",
            api_version=API_VERSION,
            kind="AnalysisTemplate",
            metadata=_metadata(args, smoke_name(args.service), args.service),
            spec={"metrics": [_metric(args)]},
            opts=own,
        )
        self._open(name, args)
        self.preview = preview.urn.apply(lambda _: preview_name(args.service))
        self.register_outputs({"preview": self.preview})

    def _open(self, name: str, args: SmokeTestArgs) -> None:
        """Let the Job reach the service, and the service's pods be reached by it."""
        tester, tested = {NAME: smoke_name(args.service)}, {NAME: args.service}
        ports: list[k8s.networking.v1.NetworkPolicyPortArgsDict] = [{"port": args.port, "protocol": "TCP"}]
        k8s.networking.v1.NetworkPolicy(
            f"{name}-smoke-asks",
            metadata=_metadata(args, smoke_name(args.service), args.service),
            spec={
                "pod_selector": {"match_labels": tester},
                "policy_types": ["Egress"],
                "egress": [{"to": [{"pod_selector": {"match_labels": tested}}], "ports": ports}],
            },
            opts=pulumi.ResourceOptions(parent=self),
        )
        k8s.networking.v1.NetworkPolicy(
            f"{name}-smoke-reaches",
            metadata=_metadata(args, f"{smoke_name(args.service)}-reaches", args.service),
            spec={
                "pod_selector": {"match_labels": tested},
                "policy_types": ["Ingress"],
                "ingress": [{"from_": [{"pod_selector": {"match_labels": tester}}], "ports": ports}],
            },
            opts=pulumi.ResourceOptions(parent=self),
        )


def preview_name(service: str) -> str:
    """Name the Service of the new version."""
    return f"{service}-preview"


def smoke_name(service: str) -> str:
    """Name the AnalysisTemplate of the smoke test, and its pods."""
    return f"{service}-smoke"


def _metadata(args: SmokeTestArgs, name: str, label: str) -> Any:  # noqa: ANN401 - the SDK's dictionary of metadata
    return {"name": name, "namespace": args.namespace, "labels": labelled(args.labels, label)}


def _metric(args: SmokeTestArgs) -> Mapping[str, Any]:
    template = {
        "metadata": {"labels": {NAME: smoke_name(args.service), "sidecar.istio.io/inject": "false"}},
        "spec": _pod(args),
    }
    job = {"backoffLimit": 0, "activeDeadlineSeconds": PATIENCE_SECONDS, "template": template}
    return {"name": "smoke-test", "count": 1, "failureLimit": 0, "provider": {"job": {"spec": job}}}


def _pod(args: SmokeTestArgs) -> Mapping[str, Any]:
    address = f"http://{preview_name(args.service)}.{args.home}.svc.cluster.local:{args.port}{args.health}"
    command = ["curl", "--fail", "--silent", "--show-error", "--max-time", "10"]
    return {
        "restartPolicy": "Never",
        "serviceAccountName": args.service,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": USER,
            "runAsGroup": USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [
            {
                "name": "smoke-test",
                "image": args.image,
                "imagePullPolicy": "IfNotPresent",
                "command": [*command, "--retry", "5", "--retry-all-errors", "--retry-delay", "2", address],
                "resources": {
                    "requests": {"cpu": "10m", "memory": "32Mi"},
                    "limits": {"cpu": "100m", "memory": "32Mi"},
                },
                "securityContext": {
                    "allowPrivilegeEscalation": False,
                    "readOnlyRootFilesystem": True,
                    "runAsNonRoot": True,
                    "capabilities": {"drop": ["ALL"]},
                },
            }
        ],
    }
