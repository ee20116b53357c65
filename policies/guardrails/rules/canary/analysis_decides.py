"""An analysis can fail, and does when there is no data.

Fields of each of `spec.metrics` of an `AnalysisTemplate` or `ClusterAnalysisTemplate`: a `successCondition` or a
`failureCondition` (a job or a webhook of Kayenta decides by itself); no `successCondition` that an empty or missing
result fulfils; with Prometheus no `failureCondition` alone that lets a NaN pass, the share of nothing; a `failureLimit`
that is not below zero, which means never. `spec.dryRun` must name no metric.
"""

import re

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

TEMPLATES = frozenset({"argoproj.io/AnalysisTemplate", "argoproj.io/ClusterAnalysisTemplate"})
CONDITIONS = ("successCondition", "failureCondition")
DECIDING = ("job", "kayenta")
_FORGIVING = re.compile(r"len\(result\)\s*(==|<=|<)\s*[01]|is(?:NaN|Nil|Inf)\(|result\s*==\s*nil|default\(result")
_GUARDED = re.compile(r"isNaN\(result(?:\[0\])?\)\s*\|\||.*\|\|\s*isNaN\(result(?:\[0\])?\)$")
SILENT = "cannot fail: it has neither a successCondition nor a failureCondition"
FORGIVES = "succeeds without data: its successCondition allows an empty result"
NUMBERLESS = "succeeds without data: a NaN fulfils no failureCondition but one that asks isNaN"
NEVER = "cannot fail: its failureLimit is below zero"
DRY = "is measured and not obeyed: a dryRun names metrics"


def check(template: Object) -> Violations:
    """Name each metric that lets everything pass."""
    for metric in template.items("spec", "metrics"):
        yield from _judged(metric)
    for dry in template.items("spec", "dryRun"):
        yield dry.fails(DRY)


def _judged(metric: Node) -> Violations:
    conditions = [metric.read(condition) for condition in CONDITIONS]
    decides = any([metric.read("provider", way) is not None for way in DECIDING])  # noqa: C419 - all are to be noted
    if all(condition in (None, "") for condition in conditions) and not decides and not metric.partial:
        yield metric.fails(SILENT, "successCondition")
    if isinstance(conditions[0], str) and _FORGIVING.search(conditions[0]) and "||" in conditions[0]:
        yield metric.fails(FORGIVES, "successCondition")
    if conditions[0] in (None, "") and isinstance(conditions[1], str) and conditions[1]:
        asked = metric.read("provider", "prometheus")
        if asked is not None and not isinstance(asked, Unknown) and not _GUARDED.match(conditions[1].strip()):
            yield metric.fails(NUMBERLESS, "failureCondition")
    limit = metric.read("failureLimit")
    if str(limit).startswith("-"):
        yield metric.fails(NEVER, "failureLimit")


def _template(kind: str = "AnalysisTemplate", dry: Plain = None, **metric: Plain) -> tuple[Resource, ...]:
    prometheus: Plain = {"prometheus": {"address": "http://prometheus", "query": "errors"}}
    spec: Plain = {"metrics": [{"name": "errors", "provider": prometheus, **metric}], "dryRun": dry}
    return (declared(f"kubernetes:argoproj.io/v1alpha1:{kind}", "gate", spec=spec),)


BELOW = "result[0] < 0.05"
GATE = "AnalysisTemplate shop/gate"

RULE = Rule(
    id="analysis-decides",
    title="Analyses fail when there is no data",
    why="A gate that can't fail waves the broken version through with a green light.",
    fix="Give every metric a successCondition that only data can fulfil, and no dryRun.",
    severity=Severity.HIGH,
    covers=("production:117", "production:119", "signal-service-v2:105", "signal-service-v2:116"),
    kinds=TEMPLATES,
    check=EachObject(check),
    allows={
        "a condition": _template(successCondition=BELOW),
        "a condition of failure": _template(failureCondition="isNaN(result[0]) || result[0] >= 0.05", failureLimit=3),
        "asked last": _template(failureCondition="result[0] >= 0.05 || isNaN(result[0])"),
        "a condition of failure of somebody who knows no NaN": _template(
            failureCondition="result.errors > 5", provider={"web": {"url": "http://api/health"}}
        ),
        "a job": _template(provider={"job": {"spec": {}}}),
        "two conditions, and both count": _template(successCondition=f"len(result) > 0 && {BELOW}"),
    },
    refuses={
        "no condition": bad_example(_template(), f"{GATE} {SILENT}"),
        "no condition in the cluster's": bad_example(
            _template("ClusterAnalysisTemplate"), f"ClusterAnalysisTemplate shop/gate {SILENT}"
        ),
        "an empty result will do": bad_example(
            _template(successCondition=f"len(result) == 0 || {BELOW}"), f"{GATE} {FORGIVES}"
        ),
        "no number will do": bad_example(
            _template(successCondition=f"isNaN(result[0]) || {BELOW}"), f"{GATE} {FORGIVES}"
        ),
        "a failure that a NaN is none of": bad_example(
            _template(failureCondition="result[0] >= 0.05"), f"{GATE} {NUMBERLESS}"
        ),
        "never": bad_example(_template(successCondition=BELOW, failureLimit=-1), f"{GATE} {NEVER}"),
        "not obeyed": bad_example(_template(successCondition=BELOW, dry=[{"metricName": ".*"}]), f"{GATE} {DRY}"),
    },
)
