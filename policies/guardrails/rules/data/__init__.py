"""What has to outlive its pods."""

from guardrails.rule import Rule
from guardrails.rules.data import claims_are_kept, cluster_backed_up, no_host_path_volume, storage_class_encrypts

RULES: tuple[Rule, ...] = (
    no_host_path_volume.RULE,
    cluster_backed_up.RULE,
    claims_are_kept.RULE,
    storage_class_encrypts.RULE,
)
