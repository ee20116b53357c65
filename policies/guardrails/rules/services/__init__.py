"""How services are reached, from inside and from outside."""

from guardrails.rule import Rule
from guardrails.rules.services import (
    cors_names_origins,
    gateway_tls,
    ingress_backend_exists,
    ingress_names_hosts,
    ingress_rate_limited,
    ingress_security_headers,
    ingress_tls,
    mesh_encrypts,
    no_external_ips,
    no_ingress_snippet,
    no_node_port,
    no_open_load_balancer,
    route_backend_exists,
    service_port_exists,
    service_selects_pods,
    stateful_set_service_exists,
)

RULES: tuple[Rule, ...] = (
    no_external_ips.RULE,
    no_node_port.RULE,
    no_open_load_balancer.RULE,
    service_port_exists.RULE,
    service_selects_pods.RULE,
    stateful_set_service_exists.RULE,
    ingress_names_hosts.RULE,
    ingress_tls.RULE,
    gateway_tls.RULE,
    mesh_encrypts.RULE,
    ingress_backend_exists.RULE,
    no_ingress_snippet.RULE,
    cors_names_origins.RULE,
    ingress_rate_limited.RULE,
    ingress_security_headers.RULE,
    route_backend_exists.RULE,
)
