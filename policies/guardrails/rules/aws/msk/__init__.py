"""Rules about Kafka brokers."""

from guardrails.rule import Rule
from guardrails.rules.aws.msk import broker_authenticated, broker_private, broker_storage_key

RULES: tuple[Rule, ...] = (
    broker_authenticated.RULE,
    broker_private.RULE,
    broker_storage_key.RULE,
)
