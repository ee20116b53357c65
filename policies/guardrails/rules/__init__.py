"""The rules, in the order in which they speak. A rule that is not listed here does not exist."""

from guardrails.rule import Rule
from guardrails.rules.images import image_tag_pinned
from guardrails.rules.network import namespace_default_deny
from guardrails.rules.pods import (
    drop_all_capabilities,
    no_privilege_escalation,
    read_only_root_filesystem,
    run_as_non_root,
)
from guardrails.rules.probes import probes
from guardrails.rules.resources import limits, requests
from guardrails.rules.secrets import no_literal_secret

RULES: tuple[Rule, ...] = (
    image_tag_pinned.RULE,
    run_as_non_root.RULE,
    no_privilege_escalation.RULE,
    drop_all_capabilities.RULE,
    read_only_root_filesystem.RULE,
    limits.RULE,
    requests.RULE,
    probes.RULE,
    no_literal_secret.RULE,
    namespace_default_deny.RULE,
)
