"""A database leaves a last snapshot behind.

Field: `skipFinalSnapshot`; unset is sound. Reference: the default of RDS.
"""

from guardrails.examples.aws import in_kinds, made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

CLUSTER = "aws:rds/cluster:Cluster"
DATABASE = "aws:rds/instance:Instance"
FIELD = ("skipFinalSnapshot",)
WRONG = "leaves no snapshot when it is deleted"


def check(found: Object) -> Faults:
    """Ask for the one field."""
    if found.other(*FIELD, than=(False,)):
        yield found.fails(WRONG, *FIELD)


RULE = Rule(
    id="database-final-snapshot",
    title="Databases leave a last snapshot",
    why="A database that is deleted by mistake can be had back from its last snapshot and from nothing else.",
    fix="Set skipFinalSnapshot to false and name a finalSnapshotIdentifier.",
    severity=Severity.HIGH,
    covers=("production:11", "optibid:75"),
    kinds=frozenset({DATABASE, CLUSTER}),
    check=EachObject(check),
    allows={
        "set": made(DATABASE, skipFinalSnapshot=False),
        "unset": made(DATABASE),
    },
    refuses={
        "off": refusal(made(DATABASE, skipFinalSnapshot=True), f"Instance shop {WRONG}"),
        "a word": refusal(made(DATABASE, skipFinalSnapshot="perhaps"), f"Instance shop {WRONG}"),
        **in_kinds(refusal(made(DATABASE, skipFinalSnapshot=True), f"Instance shop {WRONG}"), [CLUSTER]),
    },
)
