"""A secret stays in the cluster when it disappears from the store.

Field: `spec.target.deletionPolicy`; unset means Retain.
"""

from guardrails.examples.kubernetes import declared, refusal
from guardrails.model.findings import Faults
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain
from guardrails.rule import EachObject, Rule, Severity

FIELD = ("spec", "target", "deletionPolicy")
WRONG = "loses its secret when the store does"


def check(secret: Object) -> Faults:
    """Refuse every policy but Retain."""
    if secret.other(*FIELD, than=("Retain", "")):
        yield secret.fails(WRONG, *FIELD)


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
        "deleted": refusal(_secret(deletionPolicy="Delete"), f"ExternalSecret shop/db {WRONG}"),
        "merged": refusal(_secret(deletionPolicy="Merge"), f"ExternalSecret shop/db {WRONG}"),
    },
)
