"""A new version that is whole before it takes over, all at once, and an old one that waits to take over again."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from components.args import NAME, Args, Awaited, Labels, Wire, labelled
from components.workload.canary_stages import (
    ABORTED_SECONDS,
    API_VERSION,
    AT_ONCE,
    DEADLINE_SECONDS,
    HEALTHY,
    Gates,
)
from components.workload.gates import soaking
from components.workload.smoke_test import preview_name, smoke_name
from settings.vocabulary import DnsLabel, Duration, duration_seconds


class BlueGreenArgs(Args):
    """Which pods take over, and what must be seen before and after."""

    service: DnsLabel
    """The name of the Rollout, of its Service, and of the pods it selects."""
    namespace: Wire[DnsLabel]
    labels: Labels
    template: Mapping[str, Any]
    soak: Duration
    """How long the new version is measured with all traffic, while the old one stands by."""
    warm: Duration
    """How long the old version stays up after that."""
    gates: Gates | None = None
    """None where nothing is measured."""
    waits: bool = True
    after: Awaited = ()
    """What must be there first: the ``SmokeTest``, whose Service and analysis come before the promotion."""


class BlueGreen(pulumi.ComponentResource):
    """Owns the Rollout of one service that changes over at once (signal-service-v2:85).

    The smoke test asks the whole new version before anybody else does; then every request goes to it, and the gates are
    measured for the soak. What fails before or after goes back to the old version, whose pods are still there.
    """

    rollout: pulumi.Output[str]
    """The Rollout's name, known in a preview."""

    def __init__(self, name: str, args: BlueGreenArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("golive:workload:BlueGreen", name, None, opts)
        longest = f"{duration_seconds(args.soak) + 2 * DEADLINE_SECONDS}s"
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
                "template": k8s.core.v1.PodTemplateSpecArgs(**args.template),
                "strategy": {"blueGreen": _strategy(args)},
            },
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=args.after,
                custom_timeouts=pulumi.CustomTimeouts(create=longest, update=longest),
            ),
        )
        self.rollout = rollout.urn.apply(lambda _: args.service)
        self.register_outputs({"rollout": self.rollout})


def _strategy(args: BlueGreenArgs) -> Mapping[str, Any]:
    after = {"postPromotionAnalysis": soaking(args.gates.template, args.soak, args.gates.scrape)} if args.gates else {}
    return {
        "activeService": args.service,
        "previewService": preview_name(args.service),
        "autoPromotionEnabled": True,
        "prePromotionAnalysis": {"templates": [{"templateName": smoke_name(args.service)}]},
        **after,
        "scaleDownDelaySeconds": duration_seconds(args.soak) + duration_seconds(args.warm),
        "abortScaleDownDelaySeconds": ABORTED_SECONDS,
    }
