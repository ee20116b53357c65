"""A Rollout finds the Services, the routes and the analyses that it names.

Fields of `spec.strategy` of an Argo `Rollout`: the Services of a canary, of ping and pong, of blue and green; what
`trafficRouting` names for Istio, ingress-nginx, AWS load balancers, SMI, Traefik and the Gateway API; and
`templateName` of each analysis, but for those of `clusterScope`. Each must be in the stack, in the Rollout's namespace.
The Service of the canary must be another one than that of the stable version.
"""

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.kubernetes.inventory import Inventory
from guardrails.kubernetes.rollouts import BLUE_GREEN, CANARY, ROLLOUT, SERVICE, analyses, routes, services
from guardrails.model.answer import either
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import Rule, Severity, WholeStack

TEMPLATE = "argoproj.io/AnalysisTemplate"
PAIRS = (
    ((*CANARY, "canaryService"), (*CANARY, "stableService")),
    ((*CANARY, "pingPong", "pingService"), (*CANARY, "pingPong", "pongService")),
    ((*BLUE_GREEN, "previewService"), (*BLUE_GREEN, "activeService")),
)
SAME = "sends the new version and the old one through the same Service"


def check(stack: Inventory) -> Violations:
    """Name each reference to what is not there."""
    for rollout in stack.of(ROLLOUT):
        home = rollout.at("metadata", "namespace")
        for name in services(rollout):
            yield from _named(stack, SERVICE, name, home)
        for kind, name, lives in routes(rollout):
            yield from _named(stack, kind, name, lives)
        for name in analyses(rollout):
            yield from _named(stack, TEMPLATE, name, home)
        yield from _apart(rollout)


def _named(stack: Inventory, id_: str, name: Node, home: Node) -> Violations:
    if isinstance(name.record_unknown(), Unknown):
        return
    kind = id_.rpartition("/")[2]
    obj = (match for _, match in stack.name_index.known_as(id_, name, home))
    yield from either(obj).unless(name.fails(f"names {kind} {name.plain}, which the stack does not have"))


def _apart(rollout: Object) -> Violations:
    for new, old in PAIRS:
        one, other = rollout.read(*new), rollout.read(*old)
        if one is not None and one == other and not isinstance(one, Unknown):
            yield rollout.fails(SAME, *new)


def _rollout(canary: Plain = None, **strategy: Plain) -> Resource:
    fields: Plain = {"strategy": {"canary": canary, **strategy}}
    return declared("kubernetes:argoproj.io/v1alpha1:Rollout", "api", spec=fields)


def _routed(**routing: Plain) -> Resource:
    return _rollout({"trafficRouting": routing})


def _made(type_: str, name: str = "api", namespace: str = "shop") -> Resource:
    return declared(f"kubernetes:{type_}", name, namespace=namespace, spec={})


def _lost(kind: str, name: str = "api") -> str:
    return f"Rollout shop/api names {kind} {name}, which the stack does not have"


STABLE, NEW = _made("core/v1:Service", "stable"), _made("core/v1:Service", "new")
BOTH: dict[str, Plain] = {"canaryService": "new", "stableService": "stable"}
GATE: Plain = {"templates": [{"templateName": "api"}]}
GATEWAY: dict[str, Plain] = {"argoproj-labs/gatewayAPI": {"httpRoute": "api", "namespace": "shop"}}
ROUTERS: dict[str, tuple[dict[str, Plain], str]] = {
    "a VirtualService": ({"istio": {"virtualService": {"name": "api"}}}, "VirtualService"),
    "one of many VirtualServices": ({"istio": {"virtualServices": [{"name": "api"}]}}, "VirtualService"),
    "a VirtualService elsewhere": ({"istio": {"virtualService": {"name": "api.shop"}}}, "VirtualService"),
    "a DestinationRule": ({"istio": {"destinationRule": {"name": "api"}}}, "DestinationRule"),
    "an Ingress": ({"nginx": {"stableIngress": "api"}}, "Ingress"),
    "one of many Ingresses": ({"nginx": {"stableIngresses": ["api"]}}, "Ingress"),
    "a load balancer's Ingress": ({"alb": {"ingress": "api"}}, "Ingress"),
    "a root Service": ({"smi": {"rootService": "api"}}, "Service"),
    "a TraefikService": ({"traefik": {"weightedTraefikServiceName": "api"}}, "TraefikService"),
    "an HTTPRoute": ({"plugins": GATEWAY}, "HTTPRoute"),
    "one of many HTTPRoutes": (
        {"plugins": {"argoproj-labs/gatewayAPI": {"httpRoutes": [{"name": "api"}]}}},
        "HTTPRoute",
    ),
    "a GRPCRoute": ({"plugins": {"argoproj-labs/gatewayAPI": {"grpcRoute": "api"}}}, "GRPCRoute"),
}

RULE = Rule(
    id="rollout-references-exist",
    title="Rollouts find what they name",
    why="A Rollout whose Service, route or analysis is missing stops at its first stage, or moves no traffic at all.",
    fix="Add what it names to the stack, in the same namespace, or correct the name.",
    severity=Severity.HIGH,
    covers=("production:116", "production:117", "signal-service-v2:100", "signal-service-v2:105"),
    kinds=frozenset(
        {
            ROLLOUT,
            SERVICE,
            TEMPLATE,
            "gateway.networking.k8s.io/GRPCRoute",
            "gateway.networking.k8s.io/HTTPRoute",
            "networking.istio.io/DestinationRule",
            "networking.istio.io/VirtualService",
            "networking.k8s.io/Ingress",
            "traefik.io/TraefikService",
        }
    ),
    check=WholeStack(check),
    allows={
        "Services": (_rollout({**BOTH}), STABLE, NEW),
        "blue and green": (_rollout(blueGreen={"activeService": "stable", "previewService": "new"}), STABLE, NEW),
        "an analysis": (_rollout({"steps": [{"analysis": GATE}]}), _made("argoproj.io/v1alpha1:AnalysisTemplate")),
        "an analysis of the cluster": (
            _rollout({"analysis": {"templates": [{"templateName": "errors", "clusterScope": True}]}}),
        ),
        "none": (_rollout({"steps": [{"setWeight": 10}]}),),
        "a VirtualService": (
            _routed(istio={"virtualService": {"name": "api"}}, nginx=None),
            _made("networking.istio.io/v1:VirtualService"),
        ),
        "a DestinationRule": (
            _routed(istio={"destinationRule": {"name": "api"}}),
            _made("networking.istio.io/v1:DestinationRule"),
        ),
        "an Ingress": (_routed(alb={"ingress": "api"}), _made("networking.k8s.io/v1:Ingress")),
        "an HTTPRoute": (_routed(plugins=GATEWAY), _made("gateway.networking.k8s.io/v1:HTTPRoute")),
        "a GRPCRoute": (
            _routed(plugins={"argoproj-labs/gatewayAPI": {"grpcRoute": "api"}}),
            _made("gateway.networking.k8s.io/v1:GRPCRoute"),
        ),
        "a TraefikService": (
            _routed(traefik={"weightedTraefikServiceName": "api"}),
            _made("traefik.io/v1alpha1:TraefikService"),
        ),
    },
    refuses={
        "no Services": bad_example((_rollout({**BOTH}),), _lost("Service", "new"), _lost("Service", "stable")),
        "a Service elsewhere": bad_example(
            (_rollout({**BOTH}), STABLE, _made("core/v1:Service", "new", "other")), _lost("Service", "new")
        ),
        "one Service for both": bad_example(
            (_rollout({"canaryService": "new", "stableService": "new"}), NEW), f"Rollout shop/api {SAME}"
        ),
        "no ping": bad_example(
            (_rollout({"pingPong": {"pingService": "api", "pongService": "new"}}), NEW), _lost("Service")
        ),
        "no active Service": bad_example((_rollout(blueGreen={"activeService": "api"}),), _lost("Service")),
        "no analysis": bad_example((_rollout({"analysis": GATE}),), _lost("AnalysisTemplate")),
        "no analysis of a stage": bad_example((_rollout({"steps": [{"analysis": GATE}]}),), _lost("AnalysisTemplate")),
        "no analysis of an experiment": bad_example(
            (_rollout({"steps": [{"experiment": {"analyses": [{"templateName": "api"}]}}]}),), _lost("AnalysisTemplate")
        ),
        "no analysis before the switch": bad_example(
            (_rollout(blueGreen={"prePromotionAnalysis": GATE}),), _lost("AnalysisTemplate")
        ),
        "no analysis after the switch": bad_example(
            (_rollout(blueGreen={"postPromotionAnalysis": GATE}),), _lost("AnalysisTemplate")
        ),
        **{
            f"no such thing as {name}": bad_example((_routed(**how),), _lost(kind))
            for name, (how, kind) in ROUTERS.items()
        },
    },
)
