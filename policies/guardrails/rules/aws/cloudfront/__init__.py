"""Rules about CloudFront distributions."""

from guardrails.rule import Rule
from guardrails.rules.aws.cloudfront import (
    distribution_has_web_acl,
    distribution_origin_private,
    distribution_origin_tls,
    distribution_security_headers,
    distribution_tls,
    security_headers_complete,
)

RULES: tuple[Rule, ...] = (
    distribution_has_web_acl.RULE,
    distribution_origin_private.RULE,
    distribution_origin_tls.RULE,
    distribution_security_headers.RULE,
    distribution_tls.RULE,
    security_headers_complete.RULE,
)
