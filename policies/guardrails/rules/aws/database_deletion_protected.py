"""A database can't be deleted by mistake.

Field: `deletionProtection`; unset means off.
"""

from guardrails.amazon import DATABASES, INSTANCE, in_kinds, made
from guardrails.examples import refusal
from guardrails.resources import Object
from guardrails.rule import EachObject, Faults, Rule, Severity

WRONG = "can be deleted by mistake"


def check(database: Object) -> Faults:
    """Ask for the protection."""
    if database.lacks("deletionProtection", value=True):
        yield database.fails(WRONG, "deletionProtection")


RULE = Rule(
    id="database-deletion-protected",
    title="Databases are protected from deletion",
    why="One wrong name in a program would delete the database and its automatic backups with it.",
    fix="Set deletionProtection to true.",
    severity=Severity.HIGH,
    covers=("production:11", "go-live-readiness:115"),
    kinds=DATABASES,
    check=EachObject(check),
    allows={
        "protected": made(INSTANCE, deletionProtection=True),
        "a protected cluster": made("aws:rds/cluster:Cluster", deletionProtection=True),
    },
    refuses={
        "unset": refusal(made(INSTANCE), f"Instance shop {WRONG}"),
        "null": refusal(made(INSTANCE, deletionProtection=None), f"Instance shop {WRONG}"),
        "off": refusal(made("aws:rds/cluster:Cluster", deletionProtection=False), f"Cluster shop {WRONG}"),
        **in_kinds(refusal(made(INSTANCE), f"Instance shop {WRONG}"), DATABASES),
    },
)
