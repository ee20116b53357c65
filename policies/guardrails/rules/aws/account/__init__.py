"""Rules about what many AWS services share: tags, encryption, sharing."""

from guardrails.rule import Rule
from guardrails.rules.aws.account import (
    messages_encrypted,
    no_opaque_resource,
    no_public_sharing,
    record_answers_when_healthy,
    resource_tags,
    storage_encrypted,
    store_tls_forced,
    task_unprivileged,
    transit_encrypted,
)

RULES: tuple[Rule, ...] = (
    messages_encrypted.RULE,
    no_opaque_resource.RULE,
    no_public_sharing.RULE,
    record_answers_when_healthy.RULE,
    resource_tags.RULE,
    storage_encrypted.RULE,
    store_tls_forced.RULE,
    task_unprivileged.RULE,
    transit_encrypted.RULE,
)
