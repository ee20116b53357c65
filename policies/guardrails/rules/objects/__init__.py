"""What any object says about itself."""

from guardrails.rule import Rule
from guardrails.rules.objects import api_version_served

RULES: tuple[Rule, ...] = (api_version_served.RULE,)
