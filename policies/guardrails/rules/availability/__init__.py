"""What keeps serving through updates, drains and load."""

from guardrails.rule import Rule
from guardrails.rules.availability import (
    autoscaler_range,
    autoscaler_target_exists,
    cron_job_deadline,
    cron_job_forbids_overlap,
    disruption_budget_leaves_room,
    disruption_budget_selects_pods,
    disruption_budget_yields,
    job_is_cleaned_up,
    keeps_old_versions,
    replicas_have_budget,
    replicas_left_to_autoscaler,
    rolling_update,
    selector_matches_template,
    serving_is_replicated,
)

RULES: tuple[Rule, ...] = (
    disruption_budget_selects_pods.RULE,
    disruption_budget_yields.RULE,
    keeps_old_versions.RULE,
    rolling_update.RULE,
    selector_matches_template.RULE,
    autoscaler_range.RULE,
    autoscaler_target_exists.RULE,
    cron_job_deadline.RULE,
    cron_job_forbids_overlap.RULE,
    disruption_budget_leaves_room.RULE,
    job_is_cleaned_up.RULE,
    replicas_left_to_autoscaler.RULE,
    replicas_have_budget.RULE,
    serving_is_replicated.RULE,
)
