"""Rules about data warehouses."""

from guardrails.rule import Rule
from guardrails.rules.aws.redshift import warehouse_routes_privately

RULES: tuple[Rule, ...] = (warehouse_routes_privately.RULE,)
