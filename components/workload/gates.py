"""What a new version has to keep while it takes over: a gate for each promise, which no missing number opens.

Argo Rollouts takes an empty answer, a NaN and an unreachable Prometheus for three different things. Here they are one:
a condition that only a number fulfils, no failure allowed, and an analysis step, which ends when it has ``count``
good measurements and not when some time has passed.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from string import Template
from typing import Annotated, Any, Literal

from pydantic import Field, FiniteFloat, field_validator

from components.args import Args
from settings.vocabulary import DnsLabel, Duration, HttpAddress, duration_seconds

MEASUREMENTS = 5
"""How often each gate is measured in one soak, if the soak is long enough."""
SAMPLES = 4
"""Scrapes that a rate is made of at least: two would do, were none ever late."""
ERRORS = 2
"""Measurements in a row that may end without an answer, ten seconds apart; the next one is a failure."""
PROMISE = "slo.golive.dev/"
"""What the keys of annotations begin with that name a promise: ``slo.golive.dev/marketplace.latency: below 250``."""


class Objective(Args):
    """One promise of a service, and how it is measured."""

    name: DnsLabel
    """What is measured, such as ``error-ratio``; unique in the service."""
    objective: Literal["above", "below"]
    """On which side of the threshold the good values lie."""
    threshold: Annotated[FiniteFloat, Field(gt=0)]
    measure: str
    """PromQL that gives one number; ``$pods`` stands for the matchers of the pods, ``$window`` for the time."""
    sources: Annotated[tuple[str, ...], Field(min_length=1)]
    """The checklist lines that promise it."""
    slower: Annotated[FiniteFloat, Field(gt=1)] | None = None
    """The new version fails from this many times the stable version's number on; absent where they aren't compared."""

    @field_validator("measure")
    @classmethod
    def _measurable(cls, measure: str) -> str:
        if not {"pods", "window"} >= set(Template(measure).get_identifiers()) or "$pods" not in measure:
            raise ValueError("expected PromQL with $pods and $window, for example sum(rate(errors{$pods}[$window]))")
        return measure

    def query(self, pods: str, window: str) -> str:
        """The PromQL for pods that these matchers select, over a window such as ``5m``."""
        return Template(self.measure).substitute(pods=pods, window=window)

    @property
    def promise(self) -> str:
        """The promise as annotations write it: ``below 0.01``."""
        return f"{self.objective} {number(self.threshold)}"


class Prometheus(Args):
    """Who is asked."""

    address: HttpAddress
    scrape: Duration
    """How often the pods' metrics are read."""


def number(value: float) -> str:
    """Write a number without an exponent: ``0.001``, ``300000``."""
    return format(Decimal(str(value)).normalize(), "f")


def pods_of(service: str, namespace: str, version: str = "[a-z0-9]+") -> str:
    """Match the pods of a service, or of one version of it, by the names that Deployments and Rollouts give them."""
    return f'namespace="{namespace}",pod=~"{service}-{version}-[a-z0-9]+"'


def promises(service: str, objectives: Sequence[Objective]) -> dict[str, str]:
    """Annotate an object with the promises that its numbers come from."""
    return {f"{PROMISE}{service}.{each.name}": each.promise for each in objectives}


def metrics(
    service: str, namespace: str, objectives: Sequence[Objective], prometheus: Prometheus
) -> list[Mapping[str, Any]]:
    """The metrics of the AnalysisTemplate: each promise, and each comparison with the stable version."""
    new = pods_of(service, namespace, "{{args.hash}}")
    stable = pods_of(service, namespace, "{{args.stable}}")
    window = "{{args.window}}"
    found = []
    for each in objectives:
        sign = "<" if each.objective == "below" else ">"
        query = each.query(new, window)
        found.append(_metric(each.name, query, f"{sign} {number(each.threshold)}", prometheus))
        if each.slower is not None:
            ratio = f"({query}) / ({each.query(stable, window)})"
            found.append(_metric(f"{each.name}-regression", ratio, f"< {number(each.slower)}", prometheus))
    return found


def _metric(name: str, query: str, bound: str, prometheus: Prometheus) -> Mapping[str, Any]:
    return {
        "name": name,
        # The pods of a new version must have been read often enough before anybody asks for a rate.
        "initialDelay": "{{args.window}}",
        "interval": "{{args.interval}}",
        "count": "{{args.count}}",
        "successCondition": f"len(result) > 0 && !isNaN(result[0]) && !isInf(result[0]) && result[0] {bound}",
        "failureLimit": 0,
        "inconclusiveLimit": 0,
        "consecutiveErrorLimit": ERRORS,
        "provider": {"prometheus": {"address": prometheus.address, "query": query}},
    }


def arguments() -> list[Mapping[str, str]]:
    """What an analysis has to be told: the two versions, and how long a soak is.

    A Rollout is refused whose templates' times and counts are no numbers before anything is told, so these have values
    here. No soak keeps them.
    """
    placeholders = {"interval": "60s", "count": "1", "window": "60s"}
    return [
        *({"name": name} for name in ("hash", "stable")),
        *({"name": name, "value": value} for name, value in placeholders.items()),
    ]


def soaking(template: str, soak: str, scrape: str) -> Mapping[str, Any]:
    """The analysis that is one soak: it measures once its window is full, and lasts as long as the soak at least."""
    seconds = duration_seconds(soak)
    interval = max(1, seconds // MEASUREMENTS)
    window = max(interval, SAMPLES * duration_seconds(scrape))
    told: list[Mapping[str, Any]] = [
        {"name": "hash", "valueFrom": {"podTemplateHashValue": "Latest"}},
        {"name": "stable", "valueFrom": {"podTemplateHashValue": "Stable"}},
        {"name": "interval", "value": f"{interval}s"},
        {"name": "count", "value": str(1 + max(0, -(-(seconds - window) // interval)))},
        {"name": "window", "value": f"{window}s"},
    ]
    return {"templates": [{"templateName": template}], "args": told}
