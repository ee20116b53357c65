"""A database can't be deleted by mistake.

Field: `deletionProtection` (`deletionProtectionEnabled` of DynamoDB tables); unset means off. Reference: FSBP RDS.7,
RDS.8, DocumentDB.5, Neptune.4, DynamoDB.6.
"""

from guardrails.aws.relations import DATABASES, INSTANCE
from guardrails.examples.aws import in_kinds, made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

TABLE = "aws:dynamodb/table:Table"
KINDS = DATABASES | {
    "aws:rds/globalCluster:GlobalCluster",
    "aws:docdb/globalCluster:GlobalCluster",
    "aws:neptune/globalCluster:GlobalCluster",
    "aws:neptunegraph/graph:Graph",
}
WRONG = "can be deleted by mistake"


def check(database: Object) -> Faults:
    """Ask for the protection."""
    field = "deletionProtectionEnabled" if database.id == TABLE else "deletionProtection"
    if database.lacks(field, value=True):
        yield database.fails(WRONG, field)


RULE = Rule(
    id="database-deletion-protected",
    title="Databases are protected from deletion",
    why="One wrong name in a program would delete the database and its automatic backups with it.",
    fix="Set deletionProtection (of a table deletionProtectionEnabled) to true.",
    severity=Severity.HIGH,
    covers=("production:11", "go-live-readiness:115"),
    kinds=KINDS | {TABLE},
    check=EachObject(check),
    allows={
        "protected": made(INSTANCE, deletionProtection=True),
        "a table": made(TABLE, deletionProtectionEnabled=True),
        "a protected cluster": made("aws:rds/cluster:Cluster", deletionProtection=True),
    },
    refuses={
        "unset": refusal(made(INSTANCE), f"Instance shop {WRONG}"),
        "null": refusal(made(INSTANCE, deletionProtection=None), f"Instance shop {WRONG}"),
        "off": refusal(made("aws:rds/cluster:Cluster", deletionProtection=False), f"Cluster shop {WRONG}"),
        **in_kinds(refusal(made(INSTANCE), f"Instance shop {WRONG}"), KINDS),
        "a table": refusal(made(TABLE), f"Table shop {WRONG}"),
    },
)
