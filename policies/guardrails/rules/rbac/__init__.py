"""What identities may do in the cluster."""

from guardrails.rule import Rule
from guardrails.rules.rbac import (
    no_cluster_admin,
    no_default_account_binding,
    no_pod_exec,
    no_privilege_granting,
    no_rbac_wildcard,
    no_secret_reading,
    no_system_subject,
)

RULES: tuple[Rule, ...] = (
    no_cluster_admin.RULE,
    no_default_account_binding.RULE,
    no_pod_exec.RULE,
    no_privilege_granting.RULE,
    no_rbac_wildcard.RULE,
    no_secret_reading.RULE,
    no_system_subject.RULE,
)
