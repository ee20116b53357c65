"""Rules about web ACLs."""

from guardrails.rule import Rule
from guardrails.rules.aws.waf import web_acl_allows_last, web_acl_logged, web_acl_managed_groups, web_acl_rate_limited

RULES: tuple[Rule, ...] = (
    web_acl_allows_last.RULE,
    web_acl_logged.RULE,
    web_acl_managed_groups.RULE,
    web_acl_rate_limited.RULE,
)
