"""Who may talk to whom."""

from guardrails.rule import Rule
from guardrails.rules.network import (
    cni_policy_names_peers,
    dns_allowed,
    egress_names_peers,
    ingress_names_peers,
    namespace_default_deny,
    namespace_limit_range,
    namespace_pod_security,
    namespace_quota,
    no_cluster_wide_peer,
    no_world_cidr,
)

RULES: tuple[Rule, ...] = (
    namespace_default_deny.RULE,
    egress_names_peers.RULE,
    ingress_names_peers.RULE,
    cni_policy_names_peers.RULE,
    no_cluster_wide_peer.RULE,
    no_world_cidr.RULE,
    namespace_limit_range.RULE,
    namespace_pod_security.RULE,
    namespace_quota.RULE,
    dns_allowed.RULE,
)
