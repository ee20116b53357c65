"""A new version that takes over in stages, each watched before the next."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Annotated, Any, Self

import pulumi
import pulumi_kubernetes as k8s
from pydantic import Field, field_validator, model_validator

from components.args import NAME, Args, Awaited, Labels, Wire, labelled
from components.workload.gates import soaking
from components.workload.mesh_route import traffic_routing
from components.workload.smoke_test import preview_name, smoke_name
from settings.vocabulary import DnsLabel, Duration, Percent, duration_seconds

API_VERSION = "argoproj.io/v1alpha1"
EVERYTHING = 100
DEADLINE_SECONDS = 600
"""How long one stage may make no progress before the Rollout gives up and goes back."""

ABORTED_SECONDS = 30
"""How long the pods of a version that failed stay, so that open requests can end."""
HEALTHY = {"pulumi.com/waitFor": "jsonpath={.status.phase}=Healthy"}
AT_ONCE = {"pulumi.com/skipAwait": "true"}


class Stage(Args):
    """A share of the traffic in percent, and how long it is watched before the next stage."""

    weight: Percent
    soak: Duration | None = None
    """None in the last stage alone: nothing comes after it."""


def _plan(stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
    weights = [stage.weight for stage in stages]
    if weights[-1] != EVERYTHING or any(earlier >= later for earlier, later in pairwise(weights)):
        raise ValueError(f"expected weights that rise to 100, for example 10, 50, 100; found {_spelled(weights)}")
    if any(stage.soak is None for stage in stages[:-1]) or stages[-1].soak is not None:
        raise ValueError("expected a soak, for example 30m, in every stage but the last")
    return stages


def _spelled(weights: Sequence[int]) -> str:
    return ", ".join(str(weight) for weight in weights)


class Gates(Args):
    """What each soak is measured by."""

    template: DnsLabel
    """The AnalysisTemplate of the service, in the same namespace."""
    scrape: Duration
    """How often the metrics are read that it looks at."""


class CanaryStagesArgs(Args):
    """Which pods take over, and in which stages."""

    service: DnsLabel
    """The name of the Rollout, and of the pods it selects."""
    namespace: Wire[DnsLabel]
    labels: Labels
    template: Mapping[str, Any]
    """The pod template, in the Python spelling that ``pod_template`` gives."""
    stages: Annotated[tuple[Stage, ...], Field(min_length=1)]
    gates: Gates | None = None
    """None where nothing is measured: then a soak is a pause."""
    tested: bool = False
    """Whether the ``SmokeTest`` of the service goes before everything else; without a mesh it meets the first users."""
    routed: bool = False
    """Whether a mesh shares the requests out, by the ``MeshRoute`` of the service."""
    warm: Duration | None = None
    """How long the old version stays up after the new one has taken over; only a mesh can keep requests from it."""
    waits: bool = True
    """Whether a deployment waits for the rollout's end."""
    after: Awaited = ()
    """What must be there before the pods start."""

    @field_validator("stages")
    @classmethod
    def _rising(cls, stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
        return _plan(stages)

    @model_validator(mode="after")
    def _kept_apart(self) -> Self:
        if self.warm is not None and not self.routed:
            raise ValueError("expected a mesh where an old version is kept warm: without one it would get requests")
        return self


class CanaryStages(pulumi.ComponentResource):
    """Owns the Rollout of one service (production:116, signal-service-v2:100).

    Where a mesh runs, the weights are shares of the requests. Without one they are shares of the pods, which the
    controller can only approximate: 10 percent of three pods is one pod. With gates a soak is an analysis: it ends once
    everything was measured good as often as it should be, and anything else goes back to the stable version. The
    autoscaler owns the number of pods. A first installation has nothing to compare with and skips the stages.

    A deployment waits for the phase Healthy, for longer than all soaks together. The controller needs a moment to
    notice an update, and until then the phase is still that of the old version. So on an update the wait may end early,
    and the old version's ConfigMap must outlive it (see ``ServiceDeployment``).
    """

    rollout: pulumi.Output[str]
    """The Rollout's name, known in a preview."""

    def __init__(self, name: str, args: CanaryStagesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("golive:workload:CanaryStages", name, None, opts)
        rollout = k8s.apiextensions.CustomResource(
            f"{name}-rollout",
            api_version=API_VERSION,
            kind="Rollout",
            metadata={
                "name": args.service,
                "namespace": args.namespace,
                "labels": labelled(args.labels, args.service),
                "annotations": HEALTHY if args.waits else AT_ONCE,
            },
            spec={
                "revisionHistoryLimit": 5,
                "progressDeadlineSeconds": DEADLINE_SECONDS,
                "progressDeadlineAbort": True,
                "minReadySeconds": 10,
                "selector": {"matchLabels": {NAME: args.service}},
                # The class knows the provider's spelling of every field below it; a custom resource does not.
                "template": k8s.core.v1.PodTemplateSpecArgs(**args.template),
                "strategy": {"canary": _canary(args)},
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=args.after, custom_timeouts=_patience(args.stages)),
        )
        self.rollout = rollout.urn.apply(lambda _: args.service)
        self.register_outputs({"rollout": self.rollout})


def _canary(args: CanaryStagesArgs) -> Mapping[str, Any]:
    canary: dict[str, Any] = {"maxSurge": "25%", "maxUnavailable": 0, "steps": _steps(args)}
    if args.tested:
        canary["canaryService"] = preview_name(args.service)
    if args.routed:
        canary |= {"trafficRouting": traffic_routing(args.service), "abortScaleDownDelaySeconds": ABORTED_SECONDS}
    if args.warm is not None:
        canary["scaleDownDelaySeconds"] = duration_seconds(args.warm)
    return canary


def _steps(args: CanaryStagesArgs) -> list[Mapping[str, Any]]:
    """Spell the stages as Argo Rollouts does: shift, watch, shift, watch, and everything in the end."""
    smoke: list[Mapping[str, Any]] = [{"analysis": {"templates": [{"templateName": smoke_name(args.service)}]}}]
    alone = [{"setCanaryScale": {"replicas": 1}}, *smoke, {"setCanaryScale": {"matchTrafficWeight": True}}]
    steps: list[Mapping[str, Any]] = alone if args.tested and args.routed else []
    for stage in args.stages:
        steps.append({"setWeight": stage.weight})
        if args.tested and not args.routed and stage is args.stages[0]:
            steps += smoke
        if stage.soak is not None and args.gates is None:
            steps.append({"pause": {"duration": stage.soak}})
        elif stage.soak is not None and args.gates is not None:
            steps.append({"analysis": soaking(args.gates.template, stage.soak, args.gates.scrape)})
    return steps


def _patience(stages: tuple[Stage, ...]) -> pulumi.CustomTimeouts:
    """Wait for all soaks, and in each stage as long as the controller itself does before it gives up."""
    soaks = sum(duration_seconds(stage.soak) for stage in stages if stage.soak is not None)
    longest = f"{soaks + DEADLINE_SECONDS * len(stages)}s"
    return pulumi.CustomTimeouts(create=longest, update=longest)
