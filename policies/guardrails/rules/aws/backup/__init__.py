"""Rules about AWS Backup."""

from guardrails.rule import Rule
from guardrails.rules.aws.backup import backup_plan_daily, backup_vault_encrypted, backup_vault_locked

RULES: tuple[Rule, ...] = (
    backup_plan_daily.RULE,
    backup_vault_encrypted.RULE,
    backup_vault_locked.RULE,
)
