"""Logs are kept for a year, and audit logs for two.

Field: `retentionInDays`; unset and 0 mean for ever. An audit log is known by its group's `name` or `namePrefix`: that
of a cluster's control plane, or one that says audit or cloudtrail.
"""

from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.node import Value
from guardrails.model.resources import Object
from guardrails.model.values import Unknown
from guardrails.rule import EachObject, Rule, Severity

GROUP = "aws:cloudwatch/logGroup:LogGroup"
YEAR = 365
TWO_YEARS = 731
SHORT = "forgets its logs within a year"
SHORT_AUDIT = "forgets its audit logs within two years"


def check(group: Object) -> Violations:
    """Refuse what is forgotten too soon."""
    days = group.read("retentionInDays")
    if days is None or isinstance(days, Unknown) or days == 0:
        return
    kept = days if isinstance(days, int | float) else 0
    if kept < YEAR:
        yield group.fails(SHORT, "retentionInDays")
    elif kept < TWO_YEARS and any(_audits(group.read(field)) for field in ("name", "namePrefix")):
        yield group.fails(SHORT_AUDIT, "retentionInDays")


def _audits(name: Value) -> bool:
    text = name.lower() if isinstance(name, str) else ""
    control_plane = text.startswith("/aws/eks/") and text.endswith("/cluster")
    return control_plane or "audit" in text or "cloudtrail" in text


RULE = Rule(
    id="log-retention",
    title="Logs are kept long enough to look back",
    why="Most break-ins are found months later, when a short memory has lost how they began.",
    fix="Set retentionInDays to 365 or more, and to 731 or more for audit logs.",
    severity=Severity.MEDIUM,
    covers=("go-live-readiness:95", "optibid:86"),
    kinds=frozenset({GROUP}),
    check=EachObject(check),
    allows={
        "a year": aws_resource(GROUP, name="/shop/api", retentionInDays=365),
        "for ever": aws_resource(GROUP, name="/aws/eks/shop/cluster", retentionInDays=0),
        "unset is for ever": aws_resource(GROUP),
        "audit for two years": aws_resource(GROUP, name="/aws/eks/shop/cluster", retentionInDays=731),
    },
    refuses={
        "a month": bad_example(aws_resource(GROUP, retentionInDays=30), f"LogGroup shop {SHORT}"),
        "audit for a year": bad_example(
            aws_resource(GROUP, name="/aws/eks/shop/cluster", retentionInDays=365), f"LogGroup shop {SHORT_AUDIT}"
        ),
        "audit by its prefix": bad_example(
            aws_resource(GROUP, namePrefix="audit-", retentionInDays=365), f"LogGroup shop {SHORT_AUDIT}"
        ),
        "a trail for a year": bad_example(
            aws_resource(GROUP, name="CloudTrail/shop", retentionInDays=400), f"LogGroup shop {SHORT_AUDIT}"
        ),
    },
)
