"""Every alert reaches somebody.

An alert of a `PrometheusRule` has a label by which it is routed (`owner`, `team`, `service`, `receiver`, `route` or
`channel`, of its own or of its group), or the stack says who is told: an `AlertmanagerConfig` of the same namespace, or
an `Alertmanager`, whose topmost route takes what no other one does. The topmost route of an `AlertmanagerConfig` must
name one of its receivers, and one that tells somebody; the routes below may drop what they take, but not send it to a
receiver that is not there.
"""

from collections.abc import Iterator

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.kubernetes.inventory import Inventory
from guardrails.kubernetes.selectors import same_namespace
from guardrails.model.answer import YES, Answer, either
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import Rule, Severity, WholeStack

ALERTS, CONFIG = "monitoring.coreos.com/PrometheusRule", "monitoring.coreos.com/AlertmanagerConfig"
ALERTMANAGER = "monitoring.coreos.com/Alertmanager"
LABELS = ("owner", "team", "service", "receiver", "route", "channel")
DEEPEST = 20
"""Routes below routes that are followed; nobody nests so many."""
NOWHERE = "goes nowhere: no label names whom to tell, and the stack has no route for it"


def check(stack: Inventory) -> Violations:
    """Name each alert that nobody hears, and each route to nobody."""
    for rules in stack.of(ALERTS):
        ways = [same_namespace(rules, config) for config in stack.of(CONFIG)]
        ways += [YES for _ in stack.of(ALERTMANAGER)]
        for group in rules.items("spec", "groups"):
            for rule in group.items("rules"):
                if rule.read("alert") is not None:
                    yield from _heard(group, rule, ways)
    for config in stack.of(CONFIG):
        yield from _routes(config)


def _heard(group: Node, rule: Node, ways: list[Answer]) -> Violations:
    name = rule.read("alert")
    alert = f"in its alert {name!r}" if isinstance(name, str) else "in an alert"
    labels = [place.at("labels", label) for place in (rule, group) for label in LABELS]
    if not any(isinstance(label.plain, str) and label.plain for label in labels):
        open_ = [Answer(possible=True, doubts=(label,)) for label in labels if isinstance(label.plain, Unknown)]
        yield from either([*ways, *open_]).unless(rule.fails(f"{alert} {NOWHERE}", "labels"))


def _routes(config: Object) -> Violations:
    """What is wrong with the receivers that a configuration's routes name."""
    top = config.at("spec", "route")
    listed = config.at("spec", "receivers")
    if isinstance(top.record_unknown(), Unknown) or isinstance(listed.record_unknown(), Unknown):
        return
    receivers = list(config.items("spec", "receivers"))
    for route in _below(top):
        name = route.at("receiver")
        if isinstance(name.record_unknown(), Unknown) or (name.plain in (None, "") and route.path != top.path):
            continue
        named = [receiver for receiver in receivers if receiver.read("name") == name.plain]
        if not named and not any(isinstance(place.plain, Unknown) for place in _open(listed)):
            yield route.fails(f"routes to the receiver {name.plain}, which it does not have", "receiver")
        elif named and route.path == top.path and not any(map(_tells, named)):
            yield route.fails(f"sends what no other route takes to {name.plain}, which tells nobody", "receiver")


def _open(listed: Node) -> Iterator[Node]:
    for receiver in listed.elements():
        yield receiver
        yield receiver.at("name")


def _below(route: Node, depth: int = 0) -> Iterator[Node]:
    yield route
    for each in route.items("routes") if depth < DEEPEST else ():
        yield from _below(each, depth + 1)


def _tells(receiver: Node) -> bool:
    """It has somewhere to send to, or what can't be read, and is on record, may be that."""
    ways = [place for name, place in receiver.members() if name.endswith("Configs") and place.plain not in (None, [])]
    return bool(ways) and all([way.record_unknown() is not None for way in ways])  # noqa: C419 - all are to be noted


def _rules(labels: Plain, group: Plain = None) -> Resource:
    alert: Plain = {"alert": "ApiDown", "expr": "up == 0", "labels": labels}
    spec: Plain = {"groups": [{"name": "api", "labels": group, "rules": [alert, {"record": "up:sum", "expr": "1"}]}]}
    return declared("kubernetes:monitoring.coreos.com/v1:PrometheusRule", "api", spec=spec)


def _config(receiver: Plain = "pager", namespace: str = "shop", **ways: Plain) -> Resource:
    receivers: Plain = [{"name": "pager", **(ways or {"pagerdutyConfigs": [{"routingKey": {"name": "pager"}}]})}]
    route: Plain = {"receiver": receiver, "routes": [{"matchers": [], "receiver": "pager"}]}
    spec: Plain = {"route": route, "receivers": receivers}
    return declared(
        "kubernetes:monitoring.coreos.com/v1alpha1:AlertmanagerConfig", "shop", namespace=namespace, spec=spec
    )


BARE: Plain = {"severity": "critical"}
LOST = f"PrometheusRule shop/api in its alert 'ApiDown' {NOWHERE}"

RULE = Rule(
    id="alert-is-routed",
    title="Alerts reach somebody",
    why="An alert that no route takes fires into a log, and the outage is found by its users.",
    fix="Give the alert a label owner or team, or route it with an AlertmanagerConfig that has a working receiver.",
    severity=Severity.HIGH,
    covers=("production:34", "new-services:260", "new-services:261", "go-live-readiness:111", "optibid:84"),
    kinds=frozenset({ALERTS, CONFIG, ALERTMANAGER}),
    check=WholeStack(check),
    allows={
        "an owner": (_rules({"severity": "critical", "owner": "market-data"}),),
        "an owner of the group": (_rules(BARE, {"team": "market-data"}),),
        "a route of the namespace": (_rules(BARE), _config()),
        "an Alertmanager": (
            _rules(BARE),
            declared("kubernetes:monitoring.coreos.com/v1:Alertmanager", "main", namespace="monitoring", spec={}),
        ),
        "no alerts": (declared("kubernetes:monitoring.coreos.com/v1:PrometheusRule", "api", spec={"groups": []}),),
    },
    refuses={
        "nobody": bad_example((_rules(BARE),), LOST),
        "no labels": bad_example((_rules(None),), LOST),
        "an empty label": bad_example((_rules({"team": ""}),), LOST),
        "a route of another namespace": bad_example((_rules(BARE), _config(namespace="other")), LOST),
        "no such receiver": bad_example(
            (_config("chat"),), "AlertmanagerConfig shop/shop routes to the receiver chat, which it does not have"
        ),
        "a receiver that tells nobody": bad_example(
            (_config(slackConfigs=[]),),
            "AlertmanagerConfig shop/shop sends what no other route takes to pager, which tells nobody",
        ),
        "no route at all": bad_example(
            (_config(None),), "AlertmanagerConfig shop/shop routes to the receiver None, which it does not have"
        ),
    },
)
