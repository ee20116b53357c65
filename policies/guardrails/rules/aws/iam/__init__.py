"""Rules about IAM roles, policies and trust."""

from guardrails.rule import Rule
from guardrails.rules.aws.iam import (
    no_administrator_policy,
    no_long_lived_keys,
    no_open_resource_policy,
    no_open_trust,
    no_policy_wildcard,
    oidc_names_jobs,
    password_policy_strong,
)

RULES: tuple[Rule, ...] = (
    no_administrator_policy.RULE,
    no_long_lived_keys.RULE,
    no_open_resource_policy.RULE,
    no_open_trust.RULE,
    no_policy_wildcard.RULE,
    oidc_names_jobs.RULE,
    password_policy_strong.RULE,
)
