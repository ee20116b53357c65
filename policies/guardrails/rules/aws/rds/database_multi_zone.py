"""A database has a standby in another zone.

Field: `multiAz` of instances; unset means no. A replica (`replicateSourceDb`) is itself the second copy.
"""

from guardrails.aws.relations import INSTANCE, is_exempt
from guardrails.examples.aws import made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

WRONG = "has no standby in another zone"


def check(database: Object) -> Faults:
    """Ask for the standby."""
    if database.lacks("multiAz", value=True) and not is_exempt(database, "replicateSourceDb"):
        yield database.fails(WRONG, "multiAz")


RULE = Rule(
    id="database-multi-zone",
    title="Databases outlive a zone",
    why="With one copy the failure of a zone, or a mere upgrade, stops every product that uses it.",
    fix="Set multiAz to true.",
    severity=Severity.MEDIUM,
    covers=("production:50", "optibid:68"),
    kinds=frozenset({INSTANCE}),
    check=EachObject(check),
    allows={
        "two zones": made(INSTANCE, multiAz=True),
        "a replica": made(INSTANCE, replicateSourceDb="shop"),
    },
    refuses={
        "unset": refusal(made(INSTANCE), f"Instance shop {WRONG}"),
        "null": refusal(made(INSTANCE, multiAz=None), f"Instance shop {WRONG}"),
        "off": refusal(made(INSTANCE, multiAz=False), f"Instance shop {WRONG}"),
    },
)
