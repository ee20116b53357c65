"""A database takes minor versions by itself, in its maintenance window.

Field: `autoMinorVersionUpgrade`; unset is sound. Reference: FSBP RDS.13.
"""

from guardrails.examples.aws import made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

DATABASE = "aws:rds/instance:Instance"
FIELD = ("autoMinorVersionUpgrade",)
WRONG = "does not take minor versions by itself"


def check(found: Object) -> Faults:
    """Ask for the one field."""
    if found.other(*FIELD, than=(True,)):
        yield found.fails(WRONG, *FIELD)


RULE = Rule(
    id="database-minor-upgrades",
    title="Databases take minor versions by themselves",
    why="Minor versions close known holes, and nobody remembers to install them by hand.",
    fix="Set autoMinorVersionUpgrade to true, or leave it out.",
    severity=Severity.MEDIUM,
    covers=("production:20", "go-live-readiness:202"),
    kinds=frozenset({DATABASE}),
    check=EachObject(check),
    allows={
        "set": made(DATABASE, autoMinorVersionUpgrade=True),
        "unset": made(DATABASE),
    },
    refuses={
        "off": refusal(made(DATABASE, autoMinorVersionUpgrade=False), f"Instance shop {WRONG}"),
        "a word": refusal(made(DATABASE, autoMinorVersionUpgrade="perhaps"), f"Instance shop {WRONG}"),
    },
)
