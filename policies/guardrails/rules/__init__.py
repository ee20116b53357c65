"""The rules, group by group, in the order in which reports list them. A rule that no group lists does not exist."""

from guardrails.rule import Rule
from guardrails.rules import (
    availability,
    aws,
    canary,
    data,
    helm,
    images,
    network,
    objects,
    observability,
    pods,
    probes,
    rbac,
    resources,
    secrets,
    services,
    workloads,
)

RULES: tuple[Rule, ...] = (
    *images.RULES,
    *objects.RULES,
    *workloads.RULES,
    *pods.RULES,
    *resources.RULES,
    *probes.RULES,
    *secrets.RULES,
    *network.RULES,
    *rbac.RULES,
    *canary.RULES,
    *services.RULES,
    *availability.RULES,
    *data.RULES,
    *helm.RULES,
    *observability.RULES,
    *aws.RULES,
)
