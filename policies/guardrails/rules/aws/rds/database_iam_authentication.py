"""People and programs sign in to databases with IAM, not with passwords that live for years.

Field: `iamDatabaseAuthenticationEnabled`; unset means no. Engines that know no IAM are not asked. Reference: FSBP
RDS.10, RDS.12 and Neptune.7.
"""

from guardrails.examples.aws import in_kinds, made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
from guardrails.model.resources import Object
from guardrails.model.values import Unknown
from guardrails.rule import EachObject, Rule, Severity

CLUSTER = "aws:rds/cluster:Cluster"
DATABASE = "aws:rds/instance:Instance"
GRAPHS = "aws:neptune/cluster:Cluster"
FIELD = ("iamDatabaseAuthenticationEnabled",)
WRONG = "does not let clients sign in with IAM"


def check(found: Object) -> Faults:
    """Ask for the one field."""
    kind = found.peek("engine")
    exempt = isinstance(kind, str) and kind.startswith(("oracle", "sqlserver", "db2", "custom"))
    if not exempt and found.lacks(*FIELD, value=True):
        if isinstance(kind, Unknown):
            yield found.undecided("engine")
        else:
            yield found.fails(WRONG, *FIELD)


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
        "set": made(DATABASE, iamDatabaseAuthenticationEnabled=True),
        "Oracle": made(DATABASE, engine="oracle-se2"),
    },
    refuses={
        "unset": refusal(made(DATABASE), f"Instance shop {WRONG}"),
        "null": refusal(made(DATABASE, iamDatabaseAuthenticationEnabled=None), f"Instance shop {WRONG}"),
        "off": refusal(made(DATABASE, iamDatabaseAuthenticationEnabled=False), f"Instance shop {WRONG}"),
        **in_kinds(refusal(made(DATABASE), f"Instance shop {WRONG}"), [CLUSTER, GRAPHS]),
    },
)
