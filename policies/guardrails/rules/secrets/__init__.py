"""Where secrets come from."""

from guardrails.rule import Rule
from guardrails.rules.secrets import (
    external_secret_refreshes,
    external_secret_retained,
    no_literal_in_external_secret,
    no_literal_secret,
    no_secret_in_config_map,
    secret_store_exists,
)

RULES: tuple[Rule, ...] = (
    no_literal_secret.RULE,
    external_secret_refreshes.RULE,
    external_secret_retained.RULE,
    no_secret_in_config_map.RULE,
    secret_store_exists.RULE,
    no_literal_in_external_secret.RULE,
)
