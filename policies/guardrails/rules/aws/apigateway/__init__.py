"""Rules about APIs and their endpoints."""

from guardrails.rule import Rule
from guardrails.rules.aws.apigateway import api_authorized, api_logged, endpoint_tls

RULES: tuple[Rule, ...] = (
    api_authorized.RULE,
    api_logged.RULE,
    endpoint_tls.RULE,
)
