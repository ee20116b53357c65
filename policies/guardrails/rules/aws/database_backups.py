"""A database can be had back as it was at any time of the last thirty days.

Field: `backupRetentionPeriod` in days; unset means none for an instance and one for a cluster. A replica
(`replicateSourceDb`) is backed up where its source is.
"""

from guardrails.amazon import DATABASES, INSTANCE, in_kinds, is_exempt, made
from guardrails.examples import refusal
from guardrails.resources import Object
from guardrails.rule import EachObject, Faults, Rule, Severity

DAYS = 30
WRONG = "keeps backups for less than 30 days"


def check(database: Object) -> Faults:
    """Count the days."""
    days = database.read("backupRetentionPeriod")
    if isinstance(days, int | float) and days >= DAYS:
        return
    if not is_exempt(database, "replicateSourceDb"):
        yield database.fails(WRONG, "backupRetentionPeriod")


RULE = Rule(
    id="database-backups",
    title="Databases keep thirty days of backups",
    why="A fault that corrupts data quietly is found after the last good backup is gone.",
    fix="Set backupRetentionPeriod to 30 or more.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:115", "optibid:75", "production:11"),
    kinds=DATABASES,
    check=EachObject(check),
    allows={
        "thirty days": made(INSTANCE, backupRetentionPeriod=30),
        "the most": made("aws:rds/cluster:Cluster", backupRetentionPeriod=35),
        "a replica": made(INSTANCE, replicateSourceDb="shop"),
    },
    refuses={
        "unset": refusal(made(INSTANCE), f"Instance shop {WRONG}"),
        "null": refusal(made(INSTANCE, backupRetentionPeriod=None), f"Instance shop {WRONG}"),
        "off": refusal(made(INSTANCE, backupRetentionPeriod=0), f"Instance shop {WRONG}"),
        "a day too few": refusal(made("aws:rds/cluster:Cluster", backupRetentionPeriod=29), f"Cluster shop {WRONG}"),
        **in_kinds(refusal(made(INSTANCE), f"Instance shop {WRONG}"), DATABASES),
    },
)
