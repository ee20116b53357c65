"""How much a container may use."""

from guardrails.rule import Rule
from guardrails.rules.resources import limits, requests, requests_within_limits

RULES: tuple[Rule, ...] = (
    limits.RULE,
    requests.RULE,
    requests_within_limits.RULE,
)
