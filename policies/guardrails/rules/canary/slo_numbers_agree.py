"""What a service promises, what its gate lets pass and what its alert leaves alone do not contradict each other.

A promise is an annotation `slo.golive.dev/<service>.<indicator>: below 0.01` (or `above`) of an `AnalysisTemplate`, a
`ClusterAnalysisTemplate` or a `PrometheusRule`. The template's metric of the indicator's name is the gate: its
`successCondition` ends in a comparison of `result[0]` with one number. The rule's alert with the label
`slo: <service>.<indicator>` compares one measure in parentheses with one number. A gate is not looser than the promise,
an alert not looser than gate and promise, a gate has an alert, and both objects state the same promise.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.kubernetes.selectors import same_namespace
from guardrails.kubernetes.slo_annotations import LABEL, Bound, Promise, alert, gate, promised
from guardrails.model.answer import YES, Answer
from guardrails.model.findings import Violation, Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import Rule, Severity, WholeStack

TEMPLATE, EVERYWHERE = "argoproj.io/AnalysisTemplate", "argoproj.io/ClusterAnalysisTemplate"
RULES = "monitoring.coreos.com/PrometheusRule"


@dataclass(frozen=True)
class Held:
    """A promise, and the number by which an object holds the service to it."""

    holder: Object
    promise: Promise
    bounds: tuple[Bound, ...]
    """The numbers of its gates or alerts; those that nobody can read were complained of."""


def check(stack: Sequence[Object]) -> Violations:
    """Name each number that is unreadable, or contradicts another."""
    gates: list[Held] = []
    alerts: list[Held] = []
    for holder in stack:
        if holder.id in (TEMPLATE, EVERYWHERE):
            yield from _held(holder, gates, _gates, gate, "gate")
        elif holder.id == RULES:
            yield from _held(holder, alerts, _alerts, alert, "alert")
    hidden = any(each.id == RULES and isinstance(each.raw("metadata", "annotations"), Unknown) for each in stack)
    for each in gates:
        same = [other for other in alerts if other.promise.key == each.promise.key]
        yield from _watched(each, same, hidden=hidden)


Search = Callable[[Object, str], Iterator[tuple[Node, str]]]
"""Finds the places of an object that hold the number of a promise: a node, and the key of the expression below it."""


def _held(
    holder: Object, obj: list[Held], search: Search, read: Callable[[str], Bound | None], word: str
) -> Violations:
    """Read each promise of an object and the number beside it, and judge the two."""
    for promise in promised(holder):
        if promise.bound is None:
            if not promise.unknown:
                yield promise.place.fails(
                    f"promises {promise.key} in words that are no 'below <number>' or 'above <number>'"
                )
            obj.append(Held(holder, promise, ()))
            continue
        places = list(search(holder, promise.key))
        if not places and not _open(holder):
            yield promise.place.fails(f"promises {promise.key} and has no {word} for it")
        bounds: list[Bound] = []
        for place, key in places:
            text = place.read(key)
            if isinstance(text, Unknown):
                continue
            bound = read(text) if isinstance(text, str) else None
            bounds += [bound] if bound else []
            yield from _compared(place, key, promise, bound, word)
        obj.append(Held(holder, promise, tuple(bounds)))


def _compared(place: Node, key: str, promise: Promise, bound: Bound | None, word: str) -> Violations:
    name = f"has {'an' if word == 'alert' else 'a'} {word} of {promise.key}"
    if bound is None:
        yield place.fails(f"{name} whose number can't be read", key)
    elif promise.bound is not None and bound.good != promise.bound.good:
        yield place.fails(f"{name} for values {bound}, and promises {promise.bound}", key)
    elif promise.bound is not None and bound.looser_than(promise.bound):
        yield place.fails(f"{name} that is content with {bound}, and promises {promise.bound}", key)


def _watched(each: Held, alerts: Sequence[Held], *, hidden: bool) -> Violations:
    """Compare a gate with the alerts of its promise; some may be `hidden`, which is on record."""
    matches = [(other, _together(each.holder, other.holder)) for other in alerts]
    doubts = [node for _, match in matches if match.possible for node in match.doubts]
    certain = [other for other, match in matches if match.certain]
    yield from (node.undecided() for node in doubts)
    if not certain and not doubts and not hidden:
        yield each.promise.place.fails(f"has a gate of {each.promise.key} and no alert")
    for other in certain:
        yield from _contradictions(each, other)


def _contradictions(each: Held, other: Held) -> Iterator[Violation]:
    key, promise, told = each.promise.key, each.promise.bound, other.promise.bound
    if promise is None or told is None:
        return
    if promise != told:
        yield other.promise.place.fails(f"promises {key} {told}, and the gate's object promises {promise}")
        return
    for passing, silent in product(each.bounds, other.bounds):
        if passing.good == silent.good and silent.looser_than(passing):
            yield other.promise.place.fails(f"has an alert of {key} content with {silent}, and a gate of {passing}")


def _together(template: Object, rules: Object) -> Answer:
    """A cluster's template has no namespace, and is for all of them."""
    return YES if template.id == EVERYWHERE else same_namespace(template, rules)


def _gates(holder: Object, key: str) -> Iterator[tuple[Node, str]]:
    """The metrics of the indicator's name."""
    for metric in holder.items("spec", "metrics"):
        if metric.read("name") == key.rpartition(".")[2]:
            yield metric, "successCondition"


def _alerts(holder: Object, key: str) -> Iterator[tuple[Node, str]]:
    """The alerts with the promise's label."""
    for group in holder.items("spec", "groups"):
        for rule in group.items("rules"):
            if rule.read("alert") is not None and rule.read("labels", LABEL) == key:
                yield rule, "expr"


def _open(holder: Object) -> bool:
    """Whether something unknown was met in the object, so that what was not found may be there."""
    return holder.partial or any(urn == holder.urn for urn, _, _ in holder.record)


def _template(
    condition: Plain = "len(result) > 0 && !isNaN(result[0]) && result[0] < 0.01",
    promise: Plain = "below 0.01",
    *,
    kind: str = "AnalysisTemplate",
    metric: str = "errors",
    namespace: str = "shop",
) -> Resource:
    metrics: Plain = [{"name": "latency", "successCondition": "true"}, {"name": metric, "successCondition": condition}]
    metadata: Plain = {"name": "api", "namespace": namespace, "annotations": {KEY: promise, "other": "text"}}
    type_ = f"kubernetes:argoproj.io/v1alpha1:{kind}"
    return declared(type_, "api", metadata=metadata, spec={"metrics": metrics})


def _alerting(
    expression: Plain = '(sum(rate(errors{path!="("}[5m]))) >= 0.01',
    promise: Plain = "below 0.01",
    *,
    label: str = "api.errors",
    namespace: str = "shop",
) -> Resource:
    rules: Plain = [
        {"record": "a:b", "expr": "vector(1)", "labels": {"slo": "api.errors"}},
        {"alert": "Errors", "expr": expression, "labels": {"slo": label}},
    ]
    metadata: Plain = {"name": "api", "namespace": namespace, "annotations": {KEY: promise}}
    spec: Plain = {"groups": [{"name": "api", "rules": rules}]}
    return declared("kubernetes:monitoring.coreos.com/v1:PrometheusRule", "api", metadata=metadata, spec=spec)


def _above(gate: str, alert: str) -> tuple[Resource, ...]:
    return _template(f"result[0] > {gate}", "above 0.9"), _alerting(f"(hits) <= {alert}", "above 0.9")


KEY = "slo.golive.dev/api.errors"
GATE, ALERTS = "AnalysisTemplate shop/api", "PrometheusRule shop/api"
GUARDED = "len(result) > 0 && !isNaN(result[0]) && result[0]"

RULE = Rule(
    id="slo-numbers-agree",
    title="Promises, gates and alerts are one number",
    why="Between a tight gate and a loose alert lies a band in which users suffer and nobody is told.",
    fix="Change the promise in the catalogue, from which ServiceLevels derives gate and alert.",
    severity=Severity.HIGH,
    covers=("signal-service-v2:105", "signal-service-v2:106", "signal-service-v2:107", "optibid:368", "optibid:369"),
    kinds=frozenset({TEMPLATE, EVERYWHERE, RULES}),
    check=WholeStack(check),
    allows={
        "one number": (_template(), _alerting()),
        "a tighter gate and a tighter alert": (_template("result[0] < 0.005"), _alerting("(errors) > 0.004")),
        "above": _above("0.9", "0.95"),
        "a cluster's template": (_template(kind="ClusterAnalysisTemplate"), _alerting()),
        "an alert alone": (_alerting(),),
        "no promise": (
            declared("kubernetes:argoproj.io/v1alpha1:AnalysisTemplate", "api", spec={"metrics": []}),
            declared("kubernetes:monitoring.coreos.com/v1:PrometheusRule", "api", spec={"groups": []}),
        ),
    },
    refuses={
        "a gate looser than the promise": bad_example(
            (_template(f"{GUARDED} < 0.05"), _alerting()),
            f"{GATE} has a gate of api.errors that is content with below 0.05, and promises below 0.01",
        ),
        "an alert looser than the promise": bad_example(
            (_template("result[0] < 0.05", "below 0.05"), _alerting("(errors) > 0.1", "below 0.05")),
            f"{ALERTS} has an alert of api.errors that is content with below 0.1, and promises below 0.05",
            f"{ALERTS} has an alert of api.errors content with below 0.1, and a gate of below 0.05",
        ),
        "an alert looser than the gate": bad_example(
            (_template("result[0] < 0.001"), _alerting("(errors) > 0.01")),
            f"{ALERTS} has an alert of api.errors content with below 0.01, and a gate of below 0.001",
        ),
        "an alert that waits too long": bad_example(
            _above("0.9", "0.8"),
            f"{ALERTS} has an alert of api.errors that is content with above 0.8, and promises above 0.9",
            f"{ALERTS} has an alert of api.errors content with above 0.8, and a gate of above 0.9",
        ),
        "two promises": bad_example(
            (_template(), _alerting(promise="below 0.02")),
            f"{ALERTS} promises api.errors below 0.02, and the gate's object promises below 0.01",
        ),
        "the wrong side": bad_example(
            (_template("result[0] > 0.01"), _alerting()),
            f"{GATE} has a gate of api.errors for values above 0.01, and promises below 0.01",
        ),
        "no alert": bad_example((_template(),), f"{GATE} has a gate of api.errors and no alert"),
        "a cluster's template without an alert": bad_example(
            (_template(kind="ClusterAnalysisTemplate"),),
            "ClusterAnalysisTemplate shop/api has a gate of api.errors and no alert",
        ),
        "an alert elsewhere": bad_example(
            (_template(), _alerting(namespace="other")), f"{GATE} has a gate of api.errors and no alert"
        ),
        "an alert of something else": bad_example(
            (_alerting(label="api.latency"),), f"{ALERTS} promises api.errors and has no alert for it"
        ),
        "no gate": bad_example(
            (_template(metric="hits"), _alerting()), f"{GATE} promises api.errors and has no gate for it"
        ),
        "a promise of words": bad_example(
            (_alerting(promise="small"),),
            f"{ALERTS} promises api.errors in words that are no 'below <number>' or 'above <number>'",
        ),
        "a gate with a way round": bad_example(
            (_template("result[0] < 0.01 || true"), _alerting()),
            f"{GATE} has a gate of api.errors whose number can't be read",
        ),
        "no condition": bad_example(
            (_template(None), _alerting()), f"{GATE} has a gate of api.errors whose number can't be read"
        ),
        "half an alert": bad_example(
            (_alerting("(errors) or (other) > 0.01"),),
            f"{ALERTS} has an alert of api.errors whose number can't be read",
        ),
        "an alert without a number": bad_example(
            (_alerting("errors"),), f"{ALERTS} has an alert of api.errors whose number can't be read"
        ),
    },
)
