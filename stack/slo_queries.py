"""How each promise of the catalogue is measured: the metrics that every service exports, by their names.

Requests are counted as ``http_requests_total`` with the label ``code``, and times are histograms in seconds
(new-services:29); what containers use comes from the kubelet and from kube-state-metrics. A share without a single bad
event is 0 and no gap; a share of nothing at all is NaN, which no gate lets pass.
"""

from collections.abc import Mapping, Sequence

from catalog import REGRESSION
from catalog.model import Indicator, Slo
from components.workload.gates import Objective

PERCENTILE = 95.0
"""Of times for which the checklists name no percentile; chosen."""
REQUESTS, CACHE = "http_requests_total", "cache_requests_total"
HISTOGRAMS: Mapping[Indicator, str] = {
    "latency": "http_request_duration_seconds",
    "page-load": "page_load_seconds",
    "stream-latency": "stream_delivery_seconds",
    "websocket-latency": "websocket_message_seconds",
}
COMPARED: frozenset[Indicator] = frozenset({"latency"})
"""What a new version is compared by with the stable one."""


def objectives(slos: Sequence[Slo]) -> tuple[Objective, ...]:
    """Turn promises into what a cluster measures."""
    return tuple(
        Objective(
            name=slo.indicator,
            objective=slo.objective,
            threshold=slo.threshold,
            measure=_measure(slo),
            sources=slo.sources,
            slower=REGRESSION.threshold if slo.indicator in COMPARED else None,
        )
        for slo in slos
    )


def _measure(slo: Slo) -> str:
    if slo.indicator in HISTOGRAMS:
        quantile = (PERCENTILE if slo.percentile is None else slo.percentile) / 100
        buckets = f"sum by (le) (rate({HISTOGRAMS[slo.indicator]}_bucket{{$pods}}[$window]))"
        return f"histogram_quantile({quantile:g}, {buckets}) * 1000"
    return _SHARES[slo.indicator]


def _share(metric: str, counted: str) -> str:
    every = f"sum(rate({metric}{{$pods}}[$window]))"
    return f"(sum(rate({metric}{{$pods,{counted}}}[$window])) or {every} * 0) / {every}"


def _used(usage: str, resource: str) -> str:
    """The share of its limit that the pod uses which uses most."""
    limit = f'sum by (pod) (kube_pod_container_resource_limits{{$pods,resource="{resource}"}})'
    return f"max(sum by (pod) ({usage}) / {limit})"


_SHARES: Mapping[Indicator, str] = {
    "availability": "avg(avg_over_time(up{$pods}[$window]))",
    "cache-hit-ratio": _share(CACHE, 'result="hit"'),
    "completeness": "min(avg_over_time(data_completeness_ratio{$pods}[$window]))",
    "cpu-utilization": _used('rate(container_cpu_usage_seconds_total{$pods,container!=""}[$window])', "cpu"),
    "error-ratio": _share(REQUESTS, 'code=~"5.."'),
    "freshness": "max(max_over_time(data_age_seconds{$pods}[$window])) * 1000",
    "memory-utilization": _used(
        'max_over_time(container_memory_working_set_bytes{$pods,container!=""}[$window])', "memory"
    ),
}
