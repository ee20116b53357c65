"""How the cluster learns that a container works."""

from guardrails.rule import Rule
from guardrails.rules.probes import probes

RULES: tuple[Rule, ...] = (probes.RULE,)
