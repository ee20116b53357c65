"""People and programs sign in to databases with IAM, not with passwords that live for years.

Field: `iamDatabaseAuthenticationEnabled`; unset means no. Engines that know no IAM are not asked. Reference: FSBP
RDS.10, RDS.12 and Neptune.7.
"""

from guardrails.examples.aws import aws_resource, in_kinds
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.model.values import Unknown
from guardrails.rule import EachObject, Rule, Severity

CLUSTER = "aws:rds/cluster:Cluster"
DATABASE = "aws:rds/instance:Instance"
GRAPHS = "aws:neptune/cluster:Cluster"
FIELD = ("iamDatabaseAuthenticationEnabled",)
PROBLEM = "does not let clients sign in with IAM"


def check(obj: Object) -> Violations:
    """Ask for the one field."""
    kind = obj.peek("engine")
    exempt = isinstance(kind, str) and kind.startswith(("oracle", "sqlserver", "db2", "custom"))
    if not exempt and obj.is_not(*FIELD, value=True):
        if isinstance(kind, Unknown):
            yield obj.undecided("engine")
        else:
            yield obj.fails(PROBLEM, *FIELD)


RULE = Rule(
    id="database-iam-authentication",
    title="Databases let clients sign in with IAM",
    why="A database password is copied into many places and changed in none, while a token of IAM is good for minutes.",
    fix="Set iamDatabaseAuthenticationEnabled to true.",
    severity=Severity.MEDIUM,
    covers=("optibid:63", "go-live-readiness:102"),
    kinds=frozenset({DATABASE, CLUSTER, GRAPHS}),
    check=EachObject(check),
    allows={
        "set": aws_resource(DATABASE, iamDatabaseAuthenticationEnabled=True),
        "Oracle": aws_resource(DATABASE, engine="oracle-se2"),
    },
    refuses={
        "unset": bad_example(aws_resource(DATABASE), f"Instance shop {PROBLEM}"),
        "null": bad_example(aws_resource(DATABASE, iamDatabaseAuthenticationEnabled=None), f"Instance shop {PROBLEM}"),
        "off": bad_example(aws_resource(DATABASE, iamDatabaseAuthenticationEnabled=False), f"Instance shop {PROBLEM}"),
        **in_kinds(bad_example(aws_resource(DATABASE), f"Instance shop {PROBLEM}"), [CLUSTER, GRAPHS]),
    },
)
