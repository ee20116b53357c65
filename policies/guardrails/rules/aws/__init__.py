"""Rules about AWS resources: one group for each service."""

from guardrails.rule import Rule
from guardrails.rules.aws import (
    account,
    apigateway,
    audit,
    backup,
    cloudfront,
    ec2,
    ecr,
    eks,
    elasticache,
    elb,
    iam,
    kms,
    msk,
    rds,
    redshift,
    s3,
    secretsmanager,
    waf,
)

RULES: tuple[Rule, ...] = (
    *eks.RULES,
    *apigateway.RULES,
    *backup.RULES,
    *msk.RULES,
    *s3.RULES,
    *elasticache.RULES,
    *rds.RULES,
    *ec2.RULES,
    *audit.RULES,
    *cloudfront.RULES,
    *kms.RULES,
    *elb.RULES,
    *account.RULES,
    *iam.RULES,
    *ecr.RULES,
    *secretsmanager.RULES,
    *redshift.RULES,
    *waf.RULES,
)
