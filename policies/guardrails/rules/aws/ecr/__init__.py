"""Rules about image repositories."""

from guardrails.rule import Rule
from guardrails.rules.aws.ecr import (
    repository_encrypted,
    repository_immutable_tags,
    repository_lifecycle,
    repository_scanned,
)

RULES: tuple[Rule, ...] = (
    repository_encrypted.RULE,
    repository_immutable_tags.RULE,
    repository_lifecycle.RULE,
    repository_scanned.RULE,
)
