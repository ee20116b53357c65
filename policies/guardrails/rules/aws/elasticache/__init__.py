"""Rules about caches."""

from guardrails.rule import Rule
from guardrails.rules.aws.elasticache import cache_authenticated, cache_survives_zone

RULES: tuple[Rule, ...] = (
    cache_authenticated.RULE,
    cache_survives_zone.RULE,
)
