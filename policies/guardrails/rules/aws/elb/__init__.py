"""Rules about load balancers and their listeners."""

from guardrails.rule import Rule
from guardrails.rules.aws.elb import (
    listener_rule_tls,
    listener_tls,
    load_balancer_deletion_protected,
    load_balancer_drops_invalid_headers,
    load_balancer_has_web_acl,
    load_balancer_logged,
)

RULES: tuple[Rule, ...] = (
    listener_rule_tls.RULE,
    listener_tls.RULE,
    load_balancer_deletion_protected.RULE,
    load_balancer_drops_invalid_headers.RULE,
    load_balancer_has_web_acl.RULE,
    load_balancer_logged.RULE,
)
