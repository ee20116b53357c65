"""A database's own log can be read where the other logs are.

Field: `enabledCloudwatchLogsExports` (`enableCloudwatchLogsExports` of Neptune) names one log at least. Reference: FSBP
RDS.9, RDS.36, DocumentDB.4 and Neptune.2.
"""

from guardrails.aws.relations import INSTANCE
from guardrails.examples.aws import in_kinds, made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
from guardrails.model.resources import Object
from guardrails.model.values import Unknown
from guardrails.rule import EachObject, Rule, Severity

CLUSTER = "aws:rds/cluster:Cluster"
FIELD = "enabledCloudwatchLogsExports"
GRAPHS, DOCUMENTS = "aws:neptune/cluster:Cluster", "aws:docdb/cluster:Cluster"
WRONG = "keeps its log to itself"


def check(database: Object) -> Faults:
    """Count what is exported."""
    field = "enableCloudwatchLogsExports" if database.id == GRAPHS else FIELD
    exported = database.at(field)
    exported.expect(list)
    if exported.plain is None or exported.plain == [] or not isinstance(exported.plain, list | Unknown):
        yield database.fails(WRONG, field)


RULE = Rule(
    id="database-logs-exported",
    title="Databases export their logs",
    why="The log on the database's own disk is deleted after days, and can't be searched with the others.",
    fix="Name the engine's logs in enabledCloudwatchLogsExports, for PostgreSQL [postgresql, upgrade].",
    severity=Severity.LOW,
    covers=("go-live-readiness:104", "new-services:246"),
    kinds=frozenset({INSTANCE, CLUSTER, GRAPHS, DOCUMENTS}),
    check=EachObject(check),
    allows={
        "PostgreSQL": made(INSTANCE, enabledCloudwatchLogsExports=["postgresql", "upgrade"]),
        "of graphs": made(GRAPHS, enableCloudwatchLogsExports=["audit"]),
        "of a cluster": made(CLUSTER, enabledCloudwatchLogsExports=["postgresql"]),
    },
    refuses={
        "unset": refusal(made(INSTANCE), f"Instance shop {WRONG}"),
        "null": refusal(made(INSTANCE, enabledCloudwatchLogsExports=None), f"Instance shop {WRONG}"),
        "none": refusal(made(INSTANCE, enabledCloudwatchLogsExports=[]), f"Instance shop {WRONG}"),
        **in_kinds(refusal(made(INSTANCE), f"Instance shop {WRONG}"), [CLUSTER, GRAPHS, DOCUMENTS]),
    },
)
