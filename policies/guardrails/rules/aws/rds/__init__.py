"""Rules about RDS databases."""

from guardrails.rule import Rule
from guardrails.rules.aws.rds import (
    database_backups,
    database_deletion_protected,
    database_final_snapshot,
    database_iam_authentication,
    database_insights,
    database_logs_exported,
    database_minor_upgrades,
    database_multi_zone,
    database_password_managed,
    database_private,
    database_tls_forced,
)

RULES: tuple[Rule, ...] = (
    database_backups.RULE,
    database_deletion_protected.RULE,
    database_final_snapshot.RULE,
    database_iam_authentication.RULE,
    database_insights.RULE,
    database_logs_exported.RULE,
    database_minor_upgrades.RULE,
    database_multi_zone.RULE,
    database_password_managed.RULE,
    database_private.RULE,
    database_tls_forced.RULE,
)
