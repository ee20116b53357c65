"""Whoever is woken knows how bad it is and what to do.

Fields of each alert in `spec.groups[*].rules` of a `PrometheusRule`: a label `severity`, by which it is routed, and an
annotation `runbook_url` (or `runbook`) with an address. Recording rules are no alerts.
"""

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

RUNBOOKS = ("runbook_url", "runbook")
UNROUTED = "has no label severity, so nobody knows whom to tell"
HELPLESS = "has no annotation runbook_url, so nobody knows what to do"


def check(rules: Object) -> Violations:
    """Name each alert that only wakes somebody."""
    for group in rules.items("spec", "groups"):
        for rule in group.items("rules"):
            if rule.read("alert") is not None:
                yield from _judged(rule)


def _judged(rule: Node) -> Violations:
    name = rule.read("alert")
    alert = f"in its alert {name!r}" if isinstance(name, str) else "in an alert"
    if rule.missing("labels", "severity") or rule.read("labels", "severity") == "":
        yield rule.fails(f"{alert} {UNROUTED}", "labels", "severity")
    runbooks = [rule.read("annotations", runbook) for runbook in RUNBOOKS]
    if not any(isinstance(runbook, Unknown) or runbook not in (None, "") for runbook in runbooks) and not rule.partial:
        yield rule.fails(f"{alert} {HELPLESS}", "annotations", RUNBOOKS[0])


def _rules(*rules: Plain) -> tuple[Resource, ...]:
    spec: Plain = {"groups": [{"name": "api", "rules": list(rules)}]}
    return (declared("kubernetes:monitoring.coreos.com/v1:PrometheusRule", "api", spec=spec),)


def _alert(severity: Plain = "critical", **annotations: Plain) -> dict[str, Plain]:
    return {"alert": "ApiDown", "expr": "up == 0", "labels": {"severity": severity}, "annotations": annotations}


PAGE = "https://runbooks.internal/api-down"
ALERT = "PrometheusRule shop/api in its alert 'ApiDown'"

RULE = Rule(
    id="alert-is-actionable",
    title="Alerts have a severity and a runbook",
    why="An alert without a severity reaches nobody, and one without a runbook reaches somebody who can't help.",
    fix="Give the alert a label severity and an annotation runbook_url.",
    severity=Severity.MEDIUM,
    covers=("new-services:121", "new-services:122", "new-services:260", "production:33"),
    kinds=frozenset({"monitoring.coreos.com/PrometheusRule"}),
    check=EachObject(check),
    allows={
        "both": _rules(_alert(runbook_url=PAGE)),
        "the shorter name": _rules(_alert(runbook=PAGE)),
        "a recording rule": _rules({"record": "api:errors:rate5m", "expr": "rate(errors[5m])"}),
        "no groups": (declared("kubernetes:monitoring.coreos.com/v1:PrometheusRule", "api", spec={}),),
    },
    refuses={
        "no severity": bad_example(_rules(_alert(None, runbook_url=PAGE)), f"{ALERT} {UNROUTED}"),
        "no runbook": bad_example(_rules(_alert(summary="The API is down.")), f"{ALERT} {HELPLESS}"),
        "neither": bad_example(_rules(_alert("")), f"{ALERT} {UNROUTED}", f"{ALERT} {HELPLESS}"),
        "one of two": bad_example(_rules(_alert(runbook_url=PAGE), _alert()), f"{ALERT} {HELPLESS}"),
    },
)
