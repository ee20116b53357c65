"""How a workload is run, and as whom."""

from guardrails.rule import Rule
from guardrails.rules.workloads import (
    bounded_empty_dir,
    graceful_stop,
    no_deprecated_registry,
    no_duplicate_env,
    no_naked_pod,
    no_privileged_port,
    no_runtime_socket,
    no_secret_in_command,
    no_secret_in_env,
    no_service_account_token,
    own_service_account,
    pod_is_whole,
    probe_port_declared,
    service_account_exists,
    spread_replicas,
    workload_has_owner,
)

RULES: tuple[Rule, ...] = (
    pod_is_whole.RULE,
    own_service_account.RULE,
    service_account_exists.RULE,
    no_service_account_token.RULE,
    no_secret_in_env.RULE,
    no_secret_in_command.RULE,
    no_duplicate_env.RULE,
    no_runtime_socket.RULE,
    graceful_stop.RULE,
    probe_port_declared.RULE,
    no_privileged_port.RULE,
    bounded_empty_dir.RULE,
    spread_replicas.RULE,
    no_deprecated_registry.RULE,
    no_naked_pod.RULE,
    workload_has_owner.RULE,
)
