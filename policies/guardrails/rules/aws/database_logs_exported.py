"""A database's own log can be read where the other logs are.

Field: `enabledCloudwatchLogsExports` names one log at least. Reference: FSBP RDS.9 and RDS.36.
"""

from guardrails.amazon import INSTANCE, in_kinds, made
from guardrails.examples import refusal
from guardrails.plain import Unknown
from guardrails.resources import Object
from guardrails.rule import EachObject, Faults, Rule, Severity

CLUSTER = "aws:rds/cluster:Cluster"
FIELD = "enabledCloudwatchLogsExports"
WRONG = "keeps its log to itself"


def check(database: Object) -> Faults:
    """Count what is exported."""
    exported = database.at(FIELD)
    exported.expect(list)
    if exported.plain is None or exported.plain == [] or not isinstance(exported.plain, list | Unknown):
        yield database.fails(WRONG, FIELD)


RULE = Rule(
    id="database-logs-exported",
    title="Databases export their logs",
    why="The log on the database's own disk is deleted after days, and can't be searched with the others.",
    fix="Name the engine's logs in enabledCloudwatchLogsExports, for PostgreSQL [postgresql, upgrade].",
    severity=Severity.LOW,
    covers=("go-live-readiness:104", "new-services:246"),
    kinds=frozenset({INSTANCE, CLUSTER}),
    check=EachObject(check),
    allows={
        "PostgreSQL": made(INSTANCE, enabledCloudwatchLogsExports=["postgresql", "upgrade"]),
        "of a cluster": made(CLUSTER, enabledCloudwatchLogsExports=["postgresql"]),
    },
    refuses={
        "unset": refusal(made(INSTANCE), f"Instance shop {WRONG}"),
        "null": refusal(made(INSTANCE, enabledCloudwatchLogsExports=None), f"Instance shop {WRONG}"),
        "none": refusal(made(INSTANCE, enabledCloudwatchLogsExports=[]), f"Instance shop {WRONG}"),
        **in_kinds(refusal(made(INSTANCE), f"Instance shop {WRONG}"), [CLUSTER]),
    },
)
