"""How a new version takes over in stages."""

from guardrails.rule import Rule
from guardrails.rules.canary import (
    analysis_decides,
    canary_soaks,
    canary_starts_small,
    canary_weights_rise,
    rollout_aborts,
    rollout_one_strategy,
    rollout_references_exist,
    rollout_workload_exists,
    slo_numbers_agree,
    weights_left_to_rollout,
)

RULES: tuple[Rule, ...] = (
    canary_soaks.RULE,
    canary_starts_small.RULE,
    canary_weights_rise.RULE,
    rollout_aborts.RULE,
    rollout_workload_exists.RULE,
    slo_numbers_agree.RULE,
    rollout_one_strategy.RULE,
    rollout_references_exist.RULE,
    weights_left_to_rollout.RULE,
    analysis_decides.RULE,
)
