"""Packages that would bring resources which nobody sees."""

from guardrails.rule import Rule
from guardrails.rules.helm import no_opaque_release

RULES: tuple[Rule, ...] = (no_opaque_release.RULE,)
