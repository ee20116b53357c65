"""A database's own log can be read where the other logs are.

Field: `enabledCloudwatchLogsExports` (`enableCloudwatchLogsExports` of Neptune) names one log at least. Reference: FSBP
RDS.9, RDS.36, DocumentDB.4 and Neptune.2.
"""

from guardrails.aws.relations import INSTANCE
from guardrails.examples.aws import aws_resource, in_kinds
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.model.values import Unknown
from guardrails.rule import EachObject, Rule, Severity

CLUSTER = "aws:rds/cluster:Cluster"
FIELD = "enabledCloudwatchLogsExports"
GRAPHS, DOCUMENTS = "aws:neptune/cluster:Cluster", "aws:docdb/cluster:Cluster"
PROBLEM = "keeps its log to itself"


def check(database: Object) -> Violations:
    """Count what is exported."""
    field = "enableCloudwatchLogsExports" if database.id == GRAPHS else FIELD
    exported = database.at(field)
    exported.expect(list)
    if exported.plain is None or exported.plain == [] or not isinstance(exported.plain, list | Unknown):
        yield database.fails(PROBLEM, field)


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
        "PostgreSQL": aws_resource(INSTANCE, enabledCloudwatchLogsExports=["postgresql", "upgrade"]),
        "of graphs": aws_resource(GRAPHS, enableCloudwatchLogsExports=["audit"]),
        "of a cluster": aws_resource(CLUSTER, enabledCloudwatchLogsExports=["postgresql"]),
    },
    refuses={
        "unset": bad_example(aws_resource(INSTANCE), f"Instance shop {PROBLEM}"),
        "null": bad_example(aws_resource(INSTANCE, enabledCloudwatchLogsExports=None), f"Instance shop {PROBLEM}"),
        "none": bad_example(aws_resource(INSTANCE, enabledCloudwatchLogsExports=[]), f"Instance shop {PROBLEM}"),
        **in_kinds(bad_example(aws_resource(INSTANCE), f"Instance shop {PROBLEM}"), [CLUSTER, GRAPHS, DOCUMENTS]),
    },
)
