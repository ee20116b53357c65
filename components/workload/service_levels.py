"""What a service promises, as the objects that hold it to that: metrics, gates, alerts and the thirty days' account."""

from typing import Annotated, Any

import pulumi
import pulumi_kubernetes as k8s
from pydantic import Field, field_validator

from components.args import NAME, Args, Labels, Wire, labelled
from components.workload.canary_stages import API_VERSION as ROLLOUTS
from components.workload.gates import Objective, Prometheus, arguments, metrics, number, pods_of, promises
from components.workload.pod import PORT_NAME
from settings.vocabulary import DnsLabel, HttpAddress

MONITORING = "monitoring.coreos.com/v1"
WINDOW = "5m"
"""What an alert looks at."""
PENDING = "5m"
"""How long a number must be bad before somebody is told."""
ACCOUNT_WINDOW, ACCOUNT_INTERVAL = "30d", "1h"


class ServiceLevelsArgs(Args):
    """What one service promises, and who measures it."""

    service: DnsLabel
    namespace: Wire[DnsLabel]
    home: DnsLabel
    """The namespace as plain text, since queries name it."""
    labels: Labels
    metrics_path: Annotated[str, Field(pattern="^/")]
    objectives: tuple[Objective, ...]
    prometheus: Prometheus
    runbooks: HttpAddress
    """Where runbooks lie: ``<this>/<service>/<indicator>``."""
    gated: bool
    """Whether new versions are measured before they take over."""

    @field_validator("objectives")
    @classmethod
    def _different(cls, objectives: tuple[Objective, ...]) -> tuple[Objective, ...]:
        names = [each.name for each in objectives]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"expected each promise once; made twice: {', '.join(twice)}")
        return objectives


class ServiceLevels(pulumi.ComponentResource):
    """Owns a PodMonitor, a PrometheusRule and, where versions are gated, an AnalysisTemplate.

    Answers new-services:29 (metrics), new-services:121 (alerts) and production:117 (a stage is watched). Gate and alert
    are one number, the promise itself, and both objects repeat it in an annotation, so that the guardrails can compare.
    """

    gates: pulumi.Output[str]
    """The name of the AnalysisTemplate, known in a preview."""

    def __init__(self, name: str, args: ServiceLevelsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("golive:workload:ServiceLevels", name, None, opts)
        self._monitor(name, args)
        self._alert(name, args)
        if args.gated and args.objectives:
            self._gate(name, args)
        self.gates = pulumi.Output.from_input(gates_name(args.service))
        self.register_outputs({"gates": self.gates})

    def _monitor(self, name: str, args: ServiceLevelsArgs) -> None:
        endpoint = {"port": PORT_NAME, "path": args.metrics_path, "interval": args.prometheus.scrape}
        spec = {"selector": {"matchLabels": {NAME: args.service}}, "podMetricsEndpoints": [endpoint]}
        self._object(f"{name}-metrics", "PodMonitor", args, args.service, spec)

    def _alert(self, name: str, args: ServiceLevelsArgs) -> None:
        alerts = [_absent(args), *(_alert(args, each) for each in args.objectives)]
        groups: list[dict[str, Any]] = [{"name": args.service, "rules": alerts}]
        if args.objectives:
            account = [rule for each in args.objectives for rule in _account(args, each)]
            groups.append({"name": f"{args.service}-30d", "interval": ACCOUNT_INTERVAL, "rules": account})
        self._object(f"{name}-alerts", "PrometheusRule", args, args.service, {"groups": groups})

    def _gate(self, name: str, args: ServiceLevelsArgs) -> None:
        measured = metrics(args.service, args.home, args.objectives, args.prometheus)
        spec = {"args": arguments(), "metrics": measured}
        self._object(f"{name}-gates", "AnalysisTemplate", args, gates_name(args.service), spec)

    def _object(self, resource: str, kind: str, args: ServiceLevelsArgs, name: str, spec: dict[str, Any]) -> None:
        kept = {} if kind == "PodMonitor" else {"annotations": promises(args.service, args.objectives)}
        k8s.apiextensions.CustomResource(
            resource,
            api_version=ROLLOUTS if kind == "AnalysisTemplate" else MONITORING,
            kind=kind,
            metadata={
                "name": name,
                "namespace": args.namespace,
                "labels": labelled(args.labels, args.service),
                **kept,
            },
            spec=spec,
            opts=pulumi.ResourceOptions(parent=self),
        )


def gates_name(service: str) -> str:
    """Name the AnalysisTemplate of a service."""
    return f"{service}-gates"


def _absent(args: ServiceLevelsArgs) -> dict[str, Any]:
    """Alert when nothing is measured: every other alert would be silent then."""
    return {
        "alert": "MetricsAbsent",
        "expr": f"absent(up{{{pods_of(args.service, args.home)}}})",
        "for": PENDING,
        "labels": {"severity": "critical", "service": args.service},
        "annotations": {
            "summary": f"Nobody measures {args.service}, so no other alert of it can fire.",
            "runbook_url": f"{args.runbooks}/{args.service}/metrics-absent",
        },
    }


def _alert(args: ServiceLevelsArgs, each: Objective) -> dict[str, Any]:
    sign = ">=" if each.objective == "below" else "<="
    query = each.query(pods_of(args.service, args.home), WINDOW)
    return {
        "alert": "".join(word.capitalize() for word in each.name.split("-")),
        "expr": f"({query}) {sign} {number(each.threshold)}",
        "for": PENDING,
        "labels": {"severity": "critical", "service": args.service, "slo": f"{args.service}.{each.name}"},
        "annotations": {
            "summary": f"The {each.name} of {args.service} is not {each.promise}.",
            "runbook_url": f"{args.runbooks}/{args.service}/{each.name}",
            "sources": " ".join(each.sources),
        },
    }


def _account(args: ServiceLevelsArgs, each: Objective) -> list[dict[str, Any]]:
    """Record what was kept in thirty days, beside what was promised."""
    labels = {"service": args.service, "indicator": each.name}
    query = each.query(pods_of(args.service, args.home), ACCOUNT_WINDOW)
    return [
        {"record": "service_level:measured:30d", "expr": query, "labels": labels},
        {"record": "service_level:promised:30d", "expr": f"vector({number(each.threshold)})", "labels": labels},
    ]
