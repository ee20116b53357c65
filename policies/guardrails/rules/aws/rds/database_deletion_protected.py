"""A database can't be deleted by mistake.

Field: `deletionProtection` (`deletionProtectionEnabled` of DynamoDB tables); unset means off. Reference: FSBP RDS.7,
RDS.8, DocumentDB.5, Neptune.4, DynamoDB.6.
"""

from guardrails.aws.relations import DATABASES, INSTANCE
from guardrails.examples.aws import aws_resource, in_kinds
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

TABLE = "aws:dynamodb/table:Table"
KINDS = DATABASES | {
    "aws:rds/globalCluster:GlobalCluster",
    "aws:docdb/globalCluster:GlobalCluster",
    "aws:neptune/globalCluster:GlobalCluster",
    "aws:neptunegraph/graph:Graph",
}
PROBLEM = "can be deleted by mistake"


def check(database: Object) -> Violations:
    """Ask for the protection."""
    field = "deletionProtectionEnabled" if database.id == TABLE else "deletionProtection"
    if database.is_not(field, value=True):
        yield database.fails(PROBLEM, field)


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
        "protected": aws_resource(INSTANCE, deletionProtection=True),
        "a table": aws_resource(TABLE, deletionProtectionEnabled=True),
        "a protected cluster": aws_resource("aws:rds/cluster:Cluster", deletionProtection=True),
    },
    refuses={
        "unset": bad_example(aws_resource(INSTANCE), f"Instance shop {PROBLEM}"),
        "null": bad_example(aws_resource(INSTANCE, deletionProtection=None), f"Instance shop {PROBLEM}"),
        "off": bad_example(
            aws_resource("aws:rds/cluster:Cluster", deletionProtection=False), f"Cluster shop {PROBLEM}"
        ),
        **in_kinds(bad_example(aws_resource(INSTANCE), f"Instance shop {PROBLEM}"), KINDS),
        "a table": bad_example(aws_resource(TABLE), f"Table shop {PROBLEM}"),
    },
)
