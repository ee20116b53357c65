"""An ExternalSecret fetches its secret again and again, so a rotated one arrives.

Fields of the spec: `refreshInterval` (unset means an hour, zero means never) and `refreshPolicy` (unset means
Periodic).
"""

import re

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.model.findings import Violations
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain
from guardrails.rule import EachObject, Rule, Severity

KIND = "external-secrets.io/ExternalSecret"
PROBLEM = "fetches its secret once and never again"
_NEVER = re.compile(r"[+-]?(0+(\.0*)?(ns|us|µs|ms|s|m|h)?)+|-.*|")


def check(secret: Object) -> Violations:
    """Refuse an interval of nothing, and policies without an interval."""
    interval = secret.read("spec", "refreshInterval")
    if interval == 0 or (isinstance(interval, str) and _NEVER.fullmatch(interval.strip())):
        yield secret.fails(PROBLEM, "spec", "refreshInterval")
    elif secret.differs_from("spec", "refreshPolicy", than=("Periodic", "")):
        yield secret.fails(PROBLEM, "spec", "refreshPolicy")


def _secret(**spec: Plain) -> tuple[Resource, ...]:
    return (declared("kubernetes:external-secrets.io/v1:ExternalSecret", "db", spec=spec),)


RULE = Rule(
    id="external-secret-refreshes",
    title="Fetched secrets follow their rotation",
    why="After a rotation the old secret stays in the cluster, and the service fails at its next restart or login.",
    fix="Set spec.refreshInterval to a time above zero, such as 1h.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:96", "production:14"),
    kinds=frozenset({KIND}),
    check=EachObject(check),
    allows={
        "an hour": _secret(refreshInterval="1h"),
        "unset is an hour": _secret(),
        "said in full": _secret(refreshInterval="0h30m", refreshPolicy="Periodic"),
    },
    refuses={
        "never": bad_example(_secret(refreshInterval="0"), f"ExternalSecret shop/db {PROBLEM}"),
        "zero hours and minutes": bad_example(_secret(refreshInterval="0h0m0s"), f"ExternalSecret shop/db {PROBLEM}"),
        "a number zero": bad_example(_secret(refreshInterval=0), f"ExternalSecret shop/db {PROBLEM}"),
        "empty": bad_example(_secret(refreshInterval=""), f"ExternalSecret shop/db {PROBLEM}"),
        "only when created": bad_example(_secret(refreshPolicy="CreatedOnce"), f"ExternalSecret shop/db {PROBLEM}"),
    },
)
