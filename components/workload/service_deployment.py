"""One service, ready to serve: its pods, its address, its scaling, and what keeps it up while nodes come and go."""

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Self, TypeAlias

import pulumi
import pulumi_kubernetes as k8s
from pydantic import Field, model_validator

from components.args import NAME, Args, Awaited, Labels, Wire, labelled
from components.workload.blue_green import BlueGreen, BlueGreenArgs
from components.workload.canary_stages import API_VERSION as ROLLOUTS
from components.workload.canary_stages import DEADLINE_SECONDS, CanaryStages, CanaryStagesArgs, Gates, Stage
from components.workload.pod import PORT_NAME, PodArgs, Resources, SecretFiles, pod_template
from settings.vocabulary import DnsLabel, Duration, ImageReference, Port

CPU_TARGET = 70
MEMORY_TARGET = 80
"""Percent of the request at which pods are added (signal-service-v2:108, signal-service-v2:109)."""

SETTLE_SECONDS = 300
"""How long a lull must last before pods are taken away."""

Variable: TypeAlias = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]
"""The name of an environment variable."""


class Replicas(Args):
    """Between how many pods the autoscaler may move."""

    min: Annotated[int, Field(ge=1)]
    max: Annotated[int, Field(ge=1)]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min > self.max:
            raise ValueError(f"expected min <= max, for example min 2, max 6; found min {self.min}, max {self.max}")
        return self


class ChangeOver(Args):
    """How blue becomes green."""

    soak: Duration
    """How long the new version is measured before the old one is given up."""
    warm: Duration
    """How long the old version stays up after that."""


class ServiceDeploymentArgs(Args):
    """What one service runs, how much of it, and how a new version takes over."""

    service: DnsLabel
    """The name of every object of the service, and the value of its pods' name label."""
    namespace: Wire[DnsLabel]
    labels: Labels
    image: ImageReference
    port: Port
    """Where the container listens; the Service has the same port."""
    health: Annotated[str, Field(pattern="^/")] = "/health"
    resources: Resources
    replicas: Replicas
    environment: Mapping[Variable, str] = {}
    """Fixed configuration, as environment variables; nothing secret."""
    secrets: tuple[SecretFiles, ...] = ()
    stages: tuple[Stage, ...] = ()
    """The canary's stages; with none and no ``change_over`` a Deployment replaces its pods one by one."""
    change_over: ChangeOver | None = None
    """Blue and green instead of stages."""
    gates: Gates | None = None
    """What a new version is measured by."""
    tested: bool = False
    """Whether a ``SmokeTest`` goes before the stages; blue and green always have one."""
    routed: bool = False
    """Whether a mesh shares the requests out between the versions, and every pod has its proxy."""
    warm: Duration | None = None
    """How long the old version stays up after the stages."""
    waits: bool = True
    """Whether a deployment waits for the end of the stages."""
    after: Awaited = ()
    """What must be there before the pods start: their secrets, and the edges they talk over."""


def config_name(service: str, data: Mapping[str, str]) -> str:
    """Name a ConfigMap by its content: the same content has the same name, other content another."""
    content = json.dumps(dict(data), sort_keys=True, ensure_ascii=False).encode()
    return f"{service}-{hashlib.sha256(content).hexdigest()[:10]}"


class ServiceDeployment(pulumi.ComponentResource):
    """Owns an account without a token, an immutable ConfigMap, the workload, a Service, an HPA and a PDB.

    Answers go-live-readiness:150 (autoscaling for all services), new-services:34 (non-root) and signal-service-v2:69
    (configuration travels with the version). The workload names no number of pods, so the autoscaler and the program
    never undo each other. The disruption budget gives one pod away at any time, and every pod that is not healthy: it
    can't block the drain of a node.

    A ConfigMap is named by its content and stays in the cluster when the program moves on: pods of the old version may
    still start, in a canary for hours, and a rollback needs it. Going back to it means creating what exists, which the
    provider does only with ``upsert_existing_objects``.
    """

    service: pulumi.Output[str]
    """The Service's name, known in a preview."""
    config: pulumi.Output[str]
    """The name of the ConfigMap, known in a preview."""

    def __init__(self, name: str, args: ServiceDeploymentArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("golive:workload:ServiceDeployment", name, None, opts)
        account = k8s.core.v1.ServiceAccount(
            f"{name}-account",
            metadata=_metadata(args, args.service),
            automount_service_account_token=False,
            opts=pulumi.ResourceOptions(parent=self),
        )
        configured = config_name(args.service, args.environment)
        config = k8s.core.v1.ConfigMap(
            f"{name}-config",
            metadata=_metadata(args, configured),
            data=args.environment,
            immutable=True,
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=True),
        )
        self._run(name, args, configured, (account, config, *args.after))
        service = self._serve(name, args)
        self._scale(name, args)
        self._budget(name, args)
        self.service = service.urn.apply(lambda _: args.service)
        self.config = config.urn.apply(lambda _: configured)
        self.register_outputs({"service": self.service, "config": self.config})

    def _run(self, name: str, args: ServiceDeploymentArgs, config: str, after: Awaited) -> None:
        """Run the pods: under a Rollout where versions change by a strategy, under a Deployment where by none."""
        template = _template(args, config)
        opts = pulumi.ResourceOptions(parent=self)
        if args.change_over is not None:
            changing = BlueGreenArgs(
                service=args.service,
                namespace=args.namespace,
                labels=args.labels,
                template=template,
                soak=args.change_over.soak,
                warm=args.change_over.warm,
                gates=args.gates,
                waits=args.waits,
                after=after,
            )
            BlueGreen(name, changing, opts)
        elif args.stages:
            staged = CanaryStagesArgs(
                service=args.service,
                namespace=args.namespace,
                labels=args.labels,
                template=template,
                stages=args.stages,
                gates=args.gates,
                tested=args.tested,
                routed=args.routed,
                warm=args.warm,
                waits=args.waits,
                after=after,
            )
            CanaryStages(name, staged, opts)
        else:
            self._deploy(name, args, template, after)

    def _deploy(
        self, name: str, args: ServiceDeploymentArgs, template: k8s.core.v1.PodTemplateSpecArgsDict, after: Awaited
    ) -> None:
        """Replace pods one by one."""
        k8s.apps.v1.Deployment(
            f"{name}-deployment",
            metadata=_metadata(args, args.service),
            spec={
                "revision_history_limit": 5,
                "progress_deadline_seconds": DEADLINE_SECONDS,
                "min_ready_seconds": 10,
                "selector": {"match_labels": {NAME: args.service}},
                "strategy": {
                    "type": "RollingUpdate",
                    "rolling_update": {"max_unavailable": 0, "max_surge": "25%"},
                },
                "template": template,
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=after),
        )

    def _serve(self, name: str, args: ServiceDeploymentArgs) -> k8s.core.v1.Service:
        """Give the service its address within the cluster."""
        return k8s.core.v1.Service(
            f"{name}-service",
            metadata=_metadata(args, args.service),
            spec={
                "type": "ClusterIP",
                "selector": {NAME: args.service},
                "ports": [{"name": PORT_NAME, "port": args.port, "target_port": PORT_NAME, "protocol": "TCP"}],
            },
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _scale(self, name: str, args: ServiceDeploymentArgs) -> None:
        """Add pods at once, take them away slowly."""
        target: k8s.autoscaling.v2.CrossVersionObjectReferenceArgsDict = (
            {"api_version": ROLLOUTS, "kind": "Rollout", "name": args.service}
            if args.stages or args.change_over
            else {"api_version": "apps/v1", "kind": "Deployment", "name": args.service}
        )
        k8s.autoscaling.v2.HorizontalPodAutoscaler(
            f"{name}-autoscaler",
            metadata=_metadata(args, args.service),
            spec={
                "scale_target_ref": target,
                "min_replicas": args.replicas.min,
                "max_replicas": args.replicas.max,
                "metrics": [_utilization("cpu", CPU_TARGET), _utilization("memory", MEMORY_TARGET)],
                "behavior": {"scale_down": {"stabilization_window_seconds": SETTLE_SECONDS}},
            },
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _budget(self, name: str, args: ServiceDeploymentArgs) -> None:
        """Keep all pods but one when nodes are drained, and never hold a broken pod back."""
        k8s.policy.v1.PodDisruptionBudget(
            f"{name}-budget",
            metadata=_metadata(args, args.service),
            spec={
                "max_unavailable": 1,
                "unhealthy_pod_eviction_policy": "AlwaysAllow",
                "selector": {"match_labels": {NAME: args.service}},
            },
            opts=pulumi.ResourceOptions(parent=self),
        )


def _template(args: ServiceDeploymentArgs, config: str) -> k8s.core.v1.PodTemplateSpecArgsDict:
    return pod_template(
        PodArgs(
            service=args.service,
            image=args.image,
            port=args.port,
            health=args.health,
            resources=args.resources,
            config=config,
            secrets=args.secrets,
            labels=labelled(args.labels, args.service),
            proxied=args.routed,
        )
    )


def _metadata(args: ServiceDeploymentArgs, name: str) -> k8s.meta.v1.ObjectMetaArgsDict:
    return {"name": name, "namespace": args.namespace, "labels": labelled(args.labels, args.service)}


def _utilization(resource: str, percent: int) -> k8s.autoscaling.v2.MetricSpecArgsDict:
    return {
        "type": "Resource",
        "resource": {"name": resource, "target": {"type": "Utilization", "average_utilization": percent}},
    }
