"""Rules about audit trails, detectors and log groups."""

from guardrails.rule import Rule
from guardrails.rules.aws.audit import (
    detector_enabled,
    log_group_encrypted,
    log_retention,
    trail_bucket_locked,
    trail_complete,
    trail_encrypted,
    trail_searchable,
)

RULES: tuple[Rule, ...] = (
    detector_enabled.RULE,
    log_group_encrypted.RULE,
    log_retention.RULE,
    trail_bucket_locked.RULE,
    trail_complete.RULE,
    trail_encrypted.RULE,
    trail_searchable.RULE,
)
