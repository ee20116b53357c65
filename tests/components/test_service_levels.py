"""A promise becomes a gate, an alert and an account of thirty days, all of one number; without data no gate opens."""

import re
from typing import Any

import pytest
from pydantic import ValidationError

from catalog import PRODUCTS
from catalog.model import Slo
from components.workload.gates import Objective, number, soaking
from components.workload.service_levels import ServiceLevels, ServiceLevelsArgs
from stack.slo_queries import objectives
from tests.support.plan import LABELS, Planned, named, paths, plan, spec

COMPONENT = "golive:workload:ServiceLevels"
ERRORS: dict[str, Any] = {
    "name": "error-ratio",
    "objective": "below",
    "threshold": 0.001,
    "measure": "sum(rate(errors{$pods}[$window]))",
    "sources": ("signal-service-v2:106",),
}
HITS: dict[str, Any] = {**ERRORS, "name": "cache-hit-ratio", "objective": "above", "threshold": 0.8}
LATENCY: dict[str, Any] = {**ERRORS, "name": "latency", "threshold": 200.0, "slower": 1.5}
GOOD: dict[str, Any] = {
    "service": "api",
    "namespace": "shop",
    "home": "shop",
    "labels": LABELS,
    "metrics_path": "/metrics",
    "objectives": (ERRORS, HITS, LATENCY),
    "prometheus": {"address": "http://prometheus.monitoring:9090", "scrape": "15s"},
    "runbooks": "https://runbooks.internal",
    "gated": True,
}
CANARY = 'namespace="shop",pod=~"api-{{args.hash}}-[a-z0-9]+"'
STABLE = 'namespace="shop",pod=~"api-{{args.stable}}-[a-z0-9]+"'
EVERY = 'namespace="shop",pod=~"api-[a-z0-9]+-[a-z0-9]+"'
GUARDED = "len(result) > 0 && !isNaN(result[0]) && !isInf(result[0]) && result[0]"


def planned_with(**changes: Any) -> tuple[Planned, ...]:  # noqa: ANN401 - plain data of any shape
    return plan(lambda: ServiceLevels("api", ServiceLevelsArgs.model_validate({**GOOD, **changes})))


@pytest.fixture(scope="module")
def planned() -> tuple[Planned, ...]:
    return planned_with()


def test_owns_metrics_alerts_and_gates(planned: tuple[Planned, ...]) -> None:
    assert paths(planned) == [
        f"{COMPONENT}$kubernetes:argoproj.io/v1alpha1:AnalysisTemplate::api-gates",
        f"{COMPONENT}$kubernetes:monitoring.coreos.com/v1:PodMonitor::api-metrics",
        f"{COMPONENT}$kubernetes:monitoring.coreos.com/v1:PrometheusRule::api-alerts",
        f"{COMPONENT}::api",
    ]


def test_every_gate_fails_closed(planned: tuple[Planned, ...]) -> None:
    found = {metric["name"]: metric for metric in spec(planned, "api-gates")["metrics"]}
    assert {name: metric["successCondition"] for name, metric in found.items()} == {
        "error-ratio": f"{GUARDED} < 0.001",
        "cache-hit-ratio": f"{GUARDED} > 0.8",
        "latency": f"{GUARDED} < 200",
        "latency-regression": f"{GUARDED} < 1.5",
    }
    for metric in found.values():
        limits = (metric["failureLimit"], metric["inconclusiveLimit"], metric["consecutiveErrorLimit"])
        assert limits == (0, 0, 2)
        assert "failureCondition" not in metric


def test_measures_the_new_version_alone_and_compares_it_with_the_stable_one(planned: tuple[Planned, ...]) -> None:
    found = {metric["name"]: metric["provider"]["prometheus"] for metric in spec(planned, "api-gates")["metrics"]}
    new = f"sum(rate(errors{{{CANARY}}}[{{{{args.window}}}}]))"
    assert found["error-ratio"] == {"address": "http://prometheus.monitoring:9090", "query": new}
    old = f"sum(rate(errors{{{STABLE}}}[{{{{args.window}}}}]))"
    assert found["latency-regression"]["query"] == f"({new}) / ({old})"


def test_alerts_by_the_same_number(planned: tuple[Planned, ...]) -> None:
    alerts, _ = spec(planned, "api-alerts")["groups"]
    absent, errors, hits, _ = alerts["rules"]
    assert absent["expr"] == f"absent(up{{{EVERY}}})"
    assert errors["expr"] == f"(sum(rate(errors{{{EVERY}}}[5m]))) >= 0.001"
    assert errors["labels"] == {"severity": "critical", "service": "api", "slo": "api.error-ratio"}
    assert errors["annotations"]["runbook_url"] == "https://runbooks.internal/api/error-ratio"
    assert errors["annotations"]["sources"] == "signal-service-v2:106"
    assert hits["expr"].endswith(" <= 0.8")


def test_keeps_account_of_thirty_days(planned: tuple[Planned, ...]) -> None:
    _, account = spec(planned, "api-alerts")["groups"]
    kept, promised = account["rules"][:2]
    assert (kept["record"], promised["record"]) == ("service_level:measured:30d", "service_level:promised:30d")
    assert "[30d]" in kept["expr"]
    assert promised["expr"] == "vector(0.001)"


def test_says_the_promise_where_a_guardrail_reads_it(planned: tuple[Planned, ...]) -> None:
    said = {
        "slo.golive.dev/api.error-ratio": "below 0.001",
        "slo.golive.dev/api.cache-hit-ratio": "above 0.8",
        "slo.golive.dev/api.latency": "below 200",
    }
    for name in ("api-gates", "api-alerts"):
        assert named(planned, name).inputs["metadata"]["annotations"] == said


def test_scrapes_the_pods(planned: tuple[Planned, ...]) -> None:
    monitor = spec(planned, "api-metrics")
    assert monitor["podMetricsEndpoints"] == [{"port": "http", "path": "/metrics", "interval": "15s"}]
    assert monitor["selector"] == {"matchLabels": {"app.kubernetes.io/name": "api"}}


def test_no_gate_where_nothing_is_staged_or_promised() -> None:
    for changes in ({"gated": False}, {"objectives": ()}):
        assert not [each for each in planned_with(**changes) if each.type.endswith("AnalysisTemplate")]


@pytest.mark.parametrize(
    ("soak", "scrape", "interval", "count", "window"),
    [
        ("30m", "15s", "360s", "5", "360s"),
        ("1m", "15s", "12s", "1", "60s"),
        ("7s", "1s", "1s", "4", "4s"),
        ("11s", "1s", "2s", "5", "4s"),
        ("1s", "1s", "1s", "1", "4s"),
    ],
)
def test_a_soak_is_measured_to_its_end(soak: str, scrape: str, interval: str, count: str, window: str) -> None:
    told = {each["name"]: each.get("value") for each in soaking("api-gates", soak, scrape)["args"]}
    assert told == {"hash": None, "stable": None, "interval": interval, "count": count, "window": window}


@pytest.mark.parametrize(("value", "text"), [(0.001, "0.001"), (200.0, "200"), (300_000.0, "300000"), (0.995, "0.995")])
def test_numbers_have_no_exponent(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"threshold": float("nan")}, "finite"),
        ({"threshold": 0}, "greater than 0"),
        ({"objective": "near"}, "'above' or 'below'"),
        ({"measure": "up"}, r"expected PromQL with \$pods"),
        ({"measure": "up{$pods,$other}"}, r"expected PromQL with \$pods"),
        ({"slower": 1}, "greater than 1"),
        ({"sources": ()}, "at least 1 item"),
    ],
)
def test_refuses_what_is_no_promise(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Objective.model_validate({**ERRORS, **change})


def test_refuses_a_promise_made_twice() -> None:
    with pytest.raises(ValidationError, match="expected each promise once; made twice: error-ratio"):
        planned_with(objectives=(ERRORS, ERRORS))


def test_every_promise_of_the_catalogue_can_be_measured() -> None:
    slos = [slo for product in PRODUCTS for service in product.services for slo in service.slos]
    found = objectives(slos)
    assert [(each.name, each.threshold, each.sources) for each in found] == [
        (slo.indicator, slo.threshold, slo.sources) for slo in slos
    ]
    for each in found:
        query = each.query('pod="x"', "5m")
        assert "$" not in query
        assert query.count("(") == query.count(")")
        assert re.search(r'\{pod="x"', query)


def test_the_percentile_is_the_promised_one() -> None:
    slo = Slo(
        indicator="latency", objective="below", threshold=200, unit="milliseconds", percentile=99, sources=("a:1",)
    )
    (found,) = objectives([slo])
    assert found.measure.startswith("histogram_quantile(0.99, ")
    assert found.slower == 1.5


def test_a_promise_of_no_number_is_refused() -> None:
    for wrong in (float("inf"), float("nan"), 0, "200"):
        with pytest.raises(ValidationError, match="threshold"):
            Slo(indicator="latency", objective="below", threshold=wrong, unit="milliseconds", sources=("a:1",))  # type: ignore[arg-type]


def test_what_a_soak_is_told_is_a_number_before_it_is_told(planned: tuple[Planned, ...]) -> None:
    """The controller refuses a Rollout whose template could run for ever."""
    known = {each["name"]: each.get("value") for each in spec(planned, "api-gates")["args"]}
    assert known == {"hash": None, "stable": None, "interval": "60s", "count": "1", "window": "60s"}
