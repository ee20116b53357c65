"""Rules about S3 buckets."""

from guardrails.rule import Rule
from guardrails.rules.aws.s3 import (
    bucket_access_logged,
    bucket_encrypted_by_key,
    bucket_public_access_blocked,
    bucket_tls_only,
    bucket_versioned,
    no_public_acl,
)

RULES: tuple[Rule, ...] = (
    bucket_access_logged.RULE,
    bucket_encrypted_by_key.RULE,
    bucket_public_access_blocked.RULE,
    bucket_tls_only.RULE,
    bucket_versioned.RULE,
    no_public_acl.RULE,
)
