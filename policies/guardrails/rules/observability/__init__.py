"""What is measured, and who is told."""

from guardrails.rule import Rule
from guardrails.rules.observability import (
    alert_is_actionable,
    alert_is_routed,
    monitor_finds_targets,
    service_is_scraped,
)

RULES: tuple[Rule, ...] = (
    alert_is_actionable.RULE,
    alert_is_routed.RULE,
    monitor_finds_targets.RULE,
    service_is_scraped.RULE,
)
