"""What an Argo Rollout refers to: Services, routes and analyses, all of its own namespace unless they say another."""

from collections.abc import Iterator

from guardrails.model.node import Node
from guardrails.model.resources import Object
from guardrails.model.values import Unknown

ROLLOUT = "argoproj.io/Rollout"
SERVICE = "core/Service"
CANARY, BLUE_GREEN = ("spec", "strategy", "canary"), ("spec", "strategy", "blueGreen")
ROUTING = (*CANARY, "trafficRouting")
PLUGIN = "argoproj-labs/gatewayAPI"

_SERVICES = (
    (*CANARY, "canaryService"),
    (*CANARY, "stableService"),
    (*CANARY, "pingPong", "pingService"),
    (*CANARY, "pingPong", "pongService"),
    (*BLUE_GREEN, "activeService"),
    (*BLUE_GREEN, "previewService"),
    (*ROUTING, "alb", "rootService"),
    (*ROUTING, "smi", "rootService"),
)
_NAMED = (
    ((*ROUTING, "istio", "virtualService"), "name", "networking.istio.io/VirtualService"),
    ((*ROUTING, "istio", "destinationRule"), "name", "networking.istio.io/DestinationRule"),
    ((*ROUTING, "nginx"), "stableIngress", "networking.k8s.io/Ingress"),
    ((*ROUTING, "alb"), "ingress", "networking.k8s.io/Ingress"),
    ((*ROUTING, "traefik"), "weightedTraefikServiceName", "traefik.io/TraefikService"),
    ((*ROUTING, "plugins", PLUGIN), "httpRoute", "gateway.networking.k8s.io/HTTPRoute"),
    ((*ROUTING, "plugins", PLUGIN), "grpcRoute", "gateway.networking.k8s.io/GRPCRoute"),
)
_LISTED = (
    ((*ROUTING, "istio", "virtualServices"), "networking.istio.io/VirtualService"),
    ((*ROUTING, "plugins", PLUGIN, "httpRoutes"), "gateway.networking.k8s.io/HTTPRoute"),
    ((*ROUTING, "plugins", PLUGIN, "grpcRoutes"), "gateway.networking.k8s.io/GRPCRoute"),
)


def services(rollout: Object) -> Iterator[Node]:
    """The places that name Services."""
    return (place for place in (rollout.at(*path) for path in _SERVICES) if place.plain is not None)


def routes(rollout: Object) -> Iterator[tuple[str, Node, Node]]:
    """What divides the traffic: its kind, the place that names it, and the place that names its namespace."""
    home = rollout.at("metadata", "namespace")
    plugin = rollout.at(*ROUTING, "plugins", PLUGIN, "namespace")
    references = [(kind, rollout.at(*path, field)) for path, field, kind in _NAMED]
    references += [(kind, each.at("name")) for path, kind in _LISTED for each in rollout.items(*path)]
    references += [("networking.k8s.io/Ingress", each) for each in rollout.items(*ROUTING, "nginx", "stableIngresses")]
    for kind, name in references:
        if name.plain is None:
            continue
        lives = plugin if PLUGIN in name.path and plugin.plain is not None else home
        # Istio's may be named with its namespace, as in `api.shop`.
        own, _, namespace = name.plain.partition(".") if isinstance(name.plain, str) else ("", "", "")
        if kind.startswith("networking.istio.io/") and namespace:
            yield kind, name.child(own, name.path), name.child(namespace, name.path)
        else:
            yield kind, name, lives


def analyses(rollout: Object) -> Iterator[Node]:
    """The places that name an AnalysisTemplate of the namespace; those of the cluster may be the platform's."""
    places = [rollout.at(*CANARY, "analysis")]
    places += [rollout.at(*BLUE_GREEN, when) for when in ("prePromotionAnalysis", "postPromotionAnalysis")]
    for step in rollout.items(*CANARY, "steps"):
        places.append(step.at("analysis"))
        for each in step.items("experiment", "analyses"):
            yield from _of_namespace(each)
    for place in places:
        for template in place.items("templates"):
            yield from _of_namespace(template)


def _of_namespace(template: Node) -> Iterator[Node]:
    wide = template.read("clusterScope")
    if wide is not True and not isinstance(wide, Unknown):
        yield template.at("templateName")
