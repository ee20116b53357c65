"""A secret stays in the cluster when it disappears from the store.

Field: `spec.target.deletionPolicy`; unset means Retain.
"""

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.model.findings import Violations
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain
from guardrails.rule import EachObject, Rule, Severity

FIELD = ("spec", "target", "deletionPolicy")
PROBLEM = "loses its secret when the store does"


def check(secret: Object) -> Violations:
    """Refuse every policy but Retain."""
    if secret.differs_from(*FIELD, than=("Retain", "")):
        yield secret.fails(PROBLEM, *FIELD)


def _secret(**target: Plain) -> tuple[Resource, ...]:
    return (declared("kubernetes:external-secrets.io/v1:ExternalSecret", "db", spec={"target": target}),)


RULE = Rule(
    id="external-secret-retained",
    title="Fetched secrets outlive a fault of the store",
    why="A mistake in the store would take a secret from every running service at once.",
    fix="Set spec.target.deletionPolicy to Retain.",
    severity=Severity.MEDIUM,
    covers=("go-live-readiness:15", "new-services:37"),
    kinds=frozenset({"external-secrets.io/ExternalSecret"}),
    check=EachObject(check),
    allows={
        "kept": _secret(deletionPolicy="Retain"),
        "unset is kept": _secret(),
        "null is kept": _secret(deletionPolicy=None),
    },
    refuses={
        "deleted": bad_example(_secret(deletionPolicy="Delete"), f"ExternalSecret shop/db {PROBLEM}"),
        "merged": bad_example(_secret(deletionPolicy="Merge"), f"ExternalSecret shop/db {PROBLEM}"),
    },
)
