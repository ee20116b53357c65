"""Rules about KMS keys."""

from guardrails.rule import Rule
from guardrails.rules.aws.kms import key_deletion_window, key_rotation

RULES: tuple[Rule, ...] = (
    key_deletion_window.RULE,
    key_rotation.RULE,
)
