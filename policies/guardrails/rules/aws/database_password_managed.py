"""A database's first password is made and kept by AWS; no program ever holds it.

Fields: `manageMasterUserPassword` is true, or the password is write-only (`passwordWo`, `masterPasswordWo`). A
`password` in the program is refused. What is restored from a snapshot (`snapshotIdentifier`) or follows another
(`replicateSourceDb`, `replicationSourceIdentifier`) has its source's. Reference: the checklists' database credentials.
"""

from guardrails.amazon import INSTANCE, is_exempt, is_given, made
from guardrails.examples import refusal
from guardrails.resources import Object
from guardrails.rule import EachObject, Faults, Rule, Severity

KINDS = frozenset({INSTANCE, "aws:rds/cluster:Cluster"})
LITERAL = ("password", "masterPassword")
INHERITED = ("replicateSourceDb", "replicationSourceIdentifier", "snapshotIdentifier")
WRITE_ONLY = ("passwordWo", "masterPasswordWo")
HELD = "has a password that the program and its state hold"
NONE = "does not let AWS make and keep its password"


def check(database: Object) -> Faults:
    """Ask for a password, then for who keeps it."""
    for field in LITERAL:
        place = database.at(field)
        # Whatever it is, the program holds it: also what is hidden, or known only later.
        if place.plain is not None and place.path.endswith(field):
            yield database.fails(HELD, field)
            return
    if any(is_given(database, field) for field in INHERITED) or database.peek("manageMasterUserPassword") is True:
        return
    if database.lacks("manageMasterUserPassword", value=True) and not any(
        is_exempt(database, field) for field in WRITE_ONLY
    ):
        yield database.fails(NONE, "manageMasterUserPassword")


RULE = Rule(
    id="database-password-managed",
    title="Databases' passwords are made and kept by AWS",
    why="A password in a program's state is read by whoever reads the state, and turned over by nobody.",
    fix="Set manageMasterUserPassword to true, and give no password.",
    severity=Severity.HIGH,
    covers=("optibid:63", "go-live-readiness:96", "optibid:61"),
    kinds=KINDS,
    check=EachObject(check),
    awaits=INHERITED,
    allows={
        "managed": made(INSTANCE, manageMasterUserPassword=True),
        "a replica": made(INSTANCE, replicateSourceDb="shop"),
        "write-only": made(INSTANCE, passwordWo="from a store"),
    },
    refuses={
        "unset": refusal(made(INSTANCE), f"Instance shop {NONE}"),
        "null": refusal(made(INSTANCE, manageMasterUserPassword=None), f"Instance shop {NONE}"),
        "a literal": refusal(made(INSTANCE, password="hunter2"), f"Instance shop {HELD}"),  # noqa: S106 - an example
        "a literal beside": refusal(
            made("aws:rds/cluster:Cluster", manageMasterUserPassword=True, masterPassword="hunter2"),
            f"Cluster shop {HELD}",
        ),
    },
)
