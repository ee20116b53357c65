"""The pod of a service: what runs, how it is confined, how it is probed, and how it stops."""

from typing import Annotated

import pulumi_kubernetes as k8s
from pydantic import Field

from components.args import NAME, Args
from components.workload.mesh_route import PROXIED
from settings.vocabulary import CpuQuantity, DnsLabel, ImageReference, MemoryQuantity, Port

PORT_NAME = "http"
SECRETS_PATH = "/etc/golive/secrets"
"""Where secrets lie as files: ``<this>/<secret>/<key>``. The container reads the same path in SECRETS_PATH."""

USER = 10001
"""A user and group that no base image has, and so none that owns anything."""

DRAIN_SECONDS = 10
"""How long a stopping pod still answers, so that every proxy has learnt of its end."""

GRACE_SECONDS = 45
"""From the order to stop until the kill; longer than the drain, so that open requests can end."""


class Resources(Args):
    """What one container is promised, and what it may take at most."""

    cpu_request: CpuQuantity
    cpu_limit: CpuQuantity
    memory_request: MemoryQuantity
    memory_limit: MemoryQuantity


class SecretFiles(Args):
    """One Secret, mounted as files."""

    name: DnsLabel
    """The folder that the files lie in."""
    object: DnsLabel
    """The name of the Secret."""
    keys: Annotated[tuple[str, ...], Field(min_length=1)]
    """The keys to mount; a pod does not start while one is missing."""


class PodArgs(Args):
    """What one service's pods are made of."""

    service: DnsLabel
    """The name of the service, its account and its container."""
    image: ImageReference
    port: Port
    health: Annotated[str, Field(pattern="^/")] = "/health"
    """The path that all three probes ask (new-services:28, optibid:89)."""
    resources: Resources
    config: str
    """The name of the ConfigMap that becomes the container's environment."""
    secrets: tuple[SecretFiles, ...] = ()
    labels: dict[str, str]
    proxied: bool = False
    """Whether the proxy of a mesh runs beside the container."""


def pod_template(args: PodArgs) -> k8s.core.v1.PodTemplateSpecArgsDict:
    """Build the template that Pod Security ``restricted`` admits and every guardrail passes.

    Non-root with a read-only root and no capabilities (new-services:34, go-live-readiness:101); no token of the API
    server; spread over zones and hosts as far as there are any; 10 seconds of drain within 45 seconds of grace.
    Memory that is written to ``/tmp`` ends at 64 MiB. Secrets are files, for an environment is inherited and logged.
    """
    return {
        "metadata": {"labels": args.labels, **({"annotations": PROXIED} if args.proxied else {})},
        "spec": {
            "service_account_name": args.service,
            "automount_service_account_token": False,
            "enable_service_links": False,
            "security_context": {
                "run_as_non_root": True,
                "run_as_user": USER,
                "run_as_group": USER,
                "fs_group": USER,
                "fs_group_change_policy": "OnRootMismatch",
                "seccomp_profile": {"type": "RuntimeDefault"},
            },
            "termination_grace_period_seconds": GRACE_SECONDS,
            "topology_spread_constraints": [
                _spread("topology.kubernetes.io/zone", args.service),
                _spread("kubernetes.io/hostname", args.service),
            ],
            "containers": [_container(args)],
            "volumes": [
                {"name": "tmp", "empty_dir": {"size_limit": "64Mi"}},
                *(_volume(secret) for secret in args.secrets),
            ],
        },
    }


def _container(args: PodArgs) -> k8s.core.v1.ContainerArgsDict:
    resources = args.resources
    return {
        "name": args.service,
        "image": args.image,
        "image_pull_policy": "IfNotPresent",
        "ports": [{"name": PORT_NAME, "container_port": args.port, "protocol": "TCP"}],
        "env_from": [{"config_map_ref": {"name": args.config}}],
        "env": [{"name": "SECRETS_PATH", "value": SECRETS_PATH}],
        "resources": {
            "requests": {"cpu": resources.cpu_request, "memory": resources.memory_request},
            "limits": {"cpu": resources.cpu_limit, "memory": resources.memory_limit},
        },
        "security_context": {
            "allow_privilege_escalation": False,
            "read_only_root_filesystem": True,
            "run_as_non_root": True,
            "capabilities": {"drop": ["ALL"]},
        },
        # A start may take 150 seconds; only then do the other two probes begin.
        "startup_probe": _probe(args.health, period=5, failures=30),
        "readiness_probe": _probe(args.health, period=5, failures=2),
        "liveness_probe": _probe(args.health, period=10, failures=6),
        "lifecycle": {"pre_stop": {"sleep": {"seconds": DRAIN_SECONDS}}},
        "volume_mounts": [
            {"name": "tmp", "mount_path": "/tmp"},  # noqa: S108  # a path in the container, on a volume of its own
            *(_mount(secret) for secret in args.secrets),
        ],
    }


def _probe(path: str, *, period: int, failures: int) -> k8s.core.v1.ProbeArgsDict:
    return {
        "http_get": {"path": path, "port": PORT_NAME},
        "period_seconds": period,
        "timeout_seconds": 2,
        "failure_threshold": failures,
    }


def _spread(topology: str, service: str) -> k8s.core.v1.TopologySpreadConstraintArgsDict:
    """Spread as well as can be done: a cluster of one node or one zone still runs everything."""
    return {
        "topology_key": topology,
        "max_skew": 1,
        "when_unsatisfiable": "ScheduleAnyway",
        "label_selector": {"match_labels": {NAME: service}},
    }


def _volume(secret: SecretFiles) -> k8s.core.v1.VolumeArgsDict:
    return {
        "name": f"secret-{secret.name}",
        "secret": {
            "secret_name": secret.object,
            "default_mode": 0o440,
            "items": [{"key": key, "path": key} for key in secret.keys],
        },
    }


def _mount(secret: SecretFiles) -> k8s.core.v1.VolumeMountArgsDict:
    return {
        "name": f"secret-{secret.name}",
        "mount_path": f"{SECRETS_PATH}/{secret.name}",
        "read_only": True,
    }
