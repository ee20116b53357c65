"""Rules about EKS clusters and their nodes."""

from guardrails.rule import Rule
from guardrails.rules.aws.eks import (
    addon_version_pinned,
    cluster_access_entries,
    cluster_auto_mode_whole,
    cluster_deletion_protected,
    cluster_endpoint_private,
    cluster_enforces_network_policies,
    cluster_logs,
    cluster_secrets_encrypted,
    launch_template_disks_encrypted,
    launch_template_metadata,
    node_group_has_template,
    node_group_ssh_closed,
    node_group_survives_zone,
)

RULES: tuple[Rule, ...] = (
    addon_version_pinned.RULE,
    cluster_access_entries.RULE,
    cluster_auto_mode_whole.RULE,
    cluster_deletion_protected.RULE,
    cluster_endpoint_private.RULE,
    cluster_enforces_network_policies.RULE,
    cluster_logs.RULE,
    cluster_secrets_encrypted.RULE,
    launch_template_disks_encrypted.RULE,
    launch_template_metadata.RULE,
    node_group_has_template.RULE,
    node_group_ssh_closed.RULE,
    node_group_survives_zone.RULE,
)
