"""Rules about Secrets Manager."""

from guardrails.rule import Rule
from guardrails.rules.aws.secretsmanager import secret_encrypted_by_key, secret_rotation

RULES: tuple[Rule, ...] = (
    secret_encrypted_by_key.RULE,
    secret_rotation.RULE,
)
