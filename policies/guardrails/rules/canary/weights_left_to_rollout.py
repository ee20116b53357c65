"""Whoever shifts a canary's traffic is the only one who does.

Where the `trafficRouting` of an Argo `Rollout` names a `VirtualService`, an `HTTPRoute`, a `GRPCRoute` or a
`TraefikService` of the stack, its controller writes the weights in there. The program may say how it begins, with no
weights, or with everything for one destination and 0 for the others; a rule that divides its traffic is refused, unless
deployments leave it as it is (`ignoreChanges`): then a preview shows what the controller wrote, as a refresh saw it. A
`TrafficSplit` with the name of a Rollout that routes by SMI is the controller's as a whole.
"""

from collections.abc import Iterator
from dataclasses import replace

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.kubernetes.inventory import Inventory
from guardrails.kubernetes.rollouts import ROLLOUT, ROUTING, routes
from guardrails.model.answer import Answer
from guardrails.model.findings import Violation, Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import Rule, Severity, WholeStack

VIRTUAL, TRAEFIK = "networking.istio.io/VirtualService", "traefik.io/TraefikService"
HTTP, GRPC = "gateway.networking.k8s.io/HTTPRoute", "gateway.networking.k8s.io/GRPCRoute"
SPLIT = "split.smi-spec.io/TrafficSplit"
PROBLEM = "divides traffic by weights that a Rollout's controller writes as well"
WHOLE = "is written by a Rollout's controller as well"


def check(stack: Inventory) -> Violations:
    """Name each weight that two writers write."""
    for rollout in stack.of(ROLLOUT):
        for kind, name, home in routes(rollout):
            if not isinstance(name.record_unknown(), Unknown):
                for route, match in stack.name_index.known_as(kind, name, home):
                    for rule in _rules(route):
                        yield from _divides(rule, match)
        yield from _splits(stack, rollout)


def _splits(stack: Inventory, rollout: Object) -> Violations:
    routing, name = rollout.at(*ROUTING, "smi"), rollout.at(*ROUTING, "smi", "trafficSplitName")
    if routing.plain is None:
        return
    name = rollout.at("metadata", "name") if name.plain is None else name
    if not isinstance(routing.record_unknown(), Unknown) and not isinstance(name.record_unknown(), Unknown):
        for split, match in stack.name_index.known_as(SPLIT, name, rollout.at("metadata", "namespace")):
            yield from _fought(match, split.fails(WHOLE))


def _fought(match: Answer, fault: Violation) -> Violations:
    yield from [fault] if match.certain else [doubt.undecided() for doubt in match.doubts]


def _rules(route: Object) -> Iterator[Node]:
    """The lists of destinations with weights."""
    if route.id == VIRTUAL:
        for protocol in ("http", "tcp", "tls"):
            if not route.ignores_changes_of(f"spec.{protocol}"):
                yield from (rule.at("route") for rule in route.items("spec", protocol))
    elif route.id in {HTTP, GRPC} and not route.ignores_changes_of("spec.rules"):
        yield from (rule.at("backendRefs") for rule in route.items("spec", "rules"))
    elif route.id == TRAEFIK and not route.ignores_changes_of("spec.weighted.services"):
        yield route.at("spec", "weighted", "services")


def _divides(rule: Node, match: Answer) -> Violations:
    weights = [each.read("weight") for each in rule.items()]
    taking = [weight for weight in weights if weight not in (None, 0) and not isinstance(weight, Unknown)]
    if len(taking) > 1 or (taking and None in weights):
        yield from _fought(match, rule.fails(PROBLEM))


def _rollout(**routing: Plain) -> Resource:
    strategy: Plain = {"canary": {"trafficRouting": routing}}
    return declared("kubernetes:argoproj.io/v1alpha1:Rollout", "api", spec={"strategy": strategy})


def _virtual(*weights: Plain, protocol: str = "http", name: str = "api") -> Resource:
    route: Plain = [{"destination": {"host": f"api-{i}"}, "weight": weight} for i, weight in enumerate(weights)]
    return declared("kubernetes:networking.istio.io/v1:VirtualService", name, spec={protocol: [{"route": route}]})


def _gateway(kind: str, *weights: Plain) -> Resource:
    backends: Plain = [{"name": f"api-{i}", "weight": weight} for i, weight in enumerate(weights)]
    spec: Plain = {"rules": [{"backendRefs": backends}]}
    return declared(f"kubernetes:gateway.networking.k8s.io/v1:{kind}", "api", spec=spec)


def _traefik(*weights: Plain) -> Resource:
    services: Plain = [{"name": f"api-{i}", "weight": weight} for i, weight in enumerate(weights)]
    spec: Plain = {"weighted": {"services": services}}
    return declared("kubernetes:traefik.io/v1alpha1:TraefikService", "api", spec=spec)


ISTIO = _rollout(istio={"virtualService": {"name": "api"}})
BY_ROUTE = _rollout(plugins={"argoproj-labs/gatewayAPI": {"httpRoute": "api", "grpcRoute": "api"}})

RULE = Rule(
    id="weights-left-to-rollout",
    title="A canary's traffic is shifted by its Rollout alone",
    why="A deployment in the middle of a canary would put the weights back, and send users where nobody watches.",
    fix="Give the stable destination all of it and the canary 0, and let the deployment ignore changes of the weights.",
    severity=Severity.HIGH,
    covers=("production:116", "production:118", "signal-service-v2:100", "signal-service-v2:111"),
    kinds=frozenset({ROLLOUT, VIRTUAL, HTTP, GRPC, TRAEFIK, SPLIT}),
    check=WholeStack(check),
    allows={
        "how it begins": (ISTIO, _virtual(100, 0)),
        "one destination": (ISTIO, _virtual(None)),
        "another route": (ISTIO, _virtual(50, 50, name="web")),
        "no weights": (BY_ROUTE, _gateway("HTTPRoute", None, None)),
        "how a route begins": (BY_ROUTE, _gateway("HTTPRoute", 1, 0)),
        "no Rollout": (_virtual(90, 10),),
        "a rule that deployments leave": (ISTIO, replace(_virtual(90, 10), ignored_changes=frozenset({"spec.http"}))),
        "routes that deployments leave": (
            BY_ROUTE,
            replace(_gateway("HTTPRoute", 9, 1), ignored_changes=frozenset({"spec"})),
            replace(_gateway("GRPCRoute", 9, 1), ignored_changes=frozenset({"spec.rules"})),
        ),
        "services that deployments leave": (
            _rollout(traefik={"weightedTraefikServiceName": "api"}),
            replace(_traefik(3, 1), ignored_changes=frozenset({"spec.weighted"})),
        ),
    },
    refuses={
        **{
            f"{protocol} of a mesh": bad_example(
                (ISTIO, _virtual(90, 10, protocol=protocol)), f"VirtualService shop/api {PROBLEM}"
            )
            for protocol in ("http", "tcp", "tls")
        },
        "a rule beside one that deployments leave": bad_example(
            (ISTIO, replace(_virtual(90, 10, protocol="tcp"), ignored_changes=frozenset({"spec.http"}))),
            f"VirtualService shop/api {PROBLEM}",
        ),
        "a route": bad_example((BY_ROUTE, _gateway("HTTPRoute", 9, 1)), f"HTTPRoute shop/api {PROBLEM}"),
        "a weight beside none": bad_example(
            (BY_ROUTE, _gateway("HTTPRoute", 9, None)), f"HTTPRoute shop/api {PROBLEM}"
        ),
        "a route of calls": bad_example((BY_ROUTE, _gateway("GRPCRoute", 9, 1)), f"GRPCRoute shop/api {PROBLEM}"),
        "a TraefikService": bad_example(
            (_rollout(traefik={"weightedTraefikServiceName": "api"}), _traefik(3, 1)),
            f"TraefikService shop/api {PROBLEM}",
        ),
        "a split": bad_example(
            (_rollout(smi={}), declared("kubernetes:split.smi-spec.io/v1alpha1:TrafficSplit", "api", spec={})),
            f"TrafficSplit shop/api {WHOLE}",
        ),
        "a split of another name": bad_example(
            (
                _rollout(smi={"trafficSplitName": "split"}),
                declared("kubernetes:split.smi-spec.io/v1alpha1:TrafficSplit", "split", spec={}),
            ),
            f"TrafficSplit shop/split {WHOLE}",
        ),
    },
)
