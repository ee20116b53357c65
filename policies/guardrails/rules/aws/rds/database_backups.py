"""A database can be had back as it was at any time of the last thirty days.

Field: `backupRetentionPeriod` in days; unset means none for an instance and one for a cluster. A replica
(`replicateSourceDb`) is backed up where its source is. Of Redshift `automatedSnapshotRetentionPeriod`, of MemoryDB
`snapshotRetentionLimit`; DynamoDB tables need `pointInTimeRecovery.enabled`, whose `recoveryPeriodInDays` are 35 where
nothing is said. Reference: FSBP RDS.11, DocumentDB.2, Neptune.5, Redshift.3, DynamoDB.2, all of which ask for less.
"""

from guardrails.aws.relations import DATABASES, INSTANCE, is_exempt
from guardrails.examples.aws import aws_resource, in_kinds
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.model.values import Unknown
from guardrails.rule import EachObject, Rule, Severity

DAYS = 30
TABLE = "aws:dynamodb/table:Table"
RECOVERY = "pointInTimeRecovery"
FIELDS = {
    "aws:docdb/elasticCluster:ElasticCluster": "backupRetentionPeriod",
    "aws:redshift/cluster:Cluster": "automatedSnapshotRetentionPeriod",
    "aws:memorydb/cluster:Cluster": "snapshotRetentionLimit",
    **dict.fromkeys(DATABASES, "backupRetentionPeriod"),
}
PROBLEM = "keeps backups for less than 30 days"


def check(database: Object) -> Violations:
    """Count the days."""
    if database.id == TABLE:
        yield from _recovery(database)
        return
    field = FIELDS.get(database.id, "backupRetentionPeriod")
    days = database.read(field)
    if isinstance(days, int | float) and days >= DAYS:
        return
    if database.id not in DATABASES or not is_exempt(database, "replicateSourceDb"):
        yield database.fails(PROBLEM, field)


def _recovery(table: Object) -> Violations:
    if table.is_not(RECOVERY, "enabled", value=True):
        yield table.fails(PROBLEM, RECOVERY, "enabled")
    days = table.read(RECOVERY, "recoveryPeriodInDays")
    if days is not None and not isinstance(days, Unknown) and not (isinstance(days, int | float) and days >= DAYS):
        yield table.fails(PROBLEM, RECOVERY, "recoveryPeriodInDays")


RULE = Rule(
    id="database-backups",
    title="Databases keep thirty days of backups",
    why="A fault that corrupts data quietly is found after the last good backup is gone.",
    fix="Set backupRetentionPeriod, or what the kind calls it, to 30 or more.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:115", "optibid:75", "production:11"),
    kinds=frozenset({*FIELDS, TABLE}),
    check=EachObject(check),
    allows={
        "thirty days": aws_resource(INSTANCE, backupRetentionPeriod=30),
        "the most": aws_resource("aws:rds/cluster:Cluster", backupRetentionPeriod=35),
        "a warehouse": aws_resource("aws:redshift/cluster:Cluster", automatedSnapshotRetentionPeriod=35),
        "a table": aws_resource(TABLE, pointInTimeRecovery={"enabled": True}),
        "a table for thirty days": aws_resource(
            TABLE, pointInTimeRecovery={"enabled": True, "recoveryPeriodInDays": 30}
        ),
        "a replica": aws_resource(INSTANCE, replicateSourceDb="shop"),
    },
    refuses={
        "unset": bad_example(aws_resource(INSTANCE), f"Instance shop {PROBLEM}"),
        "null": bad_example(aws_resource(INSTANCE, backupRetentionPeriod=None), f"Instance shop {PROBLEM}"),
        "off": bad_example(aws_resource(INSTANCE, backupRetentionPeriod=0), f"Instance shop {PROBLEM}"),
        "a day too few": bad_example(
            aws_resource("aws:rds/cluster:Cluster", backupRetentionPeriod=29), f"Cluster shop {PROBLEM}"
        ),
        **in_kinds(bad_example(aws_resource(INSTANCE), f"Instance shop {PROBLEM}"), FIELDS),
        "a table": bad_example(aws_resource(TABLE), f"Table shop {PROBLEM}"),
        "a table for a week": bad_example(
            aws_resource(TABLE, pointInTimeRecovery={"enabled": True, "recoveryPeriodInDays": 7}),
            f"Table shop {PROBLEM}",
        ),
    },
)
