"""Which image runs."""

from guardrails.rule import Rule
from guardrails.rules.images import image_tag_pinned

RULES: tuple[Rule, ...] = (image_tag_pinned.RULE,)
