"""No database has a public address.

Field: `publiclyAccessible`; unset means no.
"""

from guardrails.amazon import INSTANCE, in_kinds, made
from guardrails.examples import refusal
from guardrails.resources import Object
from guardrails.rule import EachObject, Faults, Rule, Severity

KINDS = frozenset({INSTANCE, "aws:rds/clusterInstance:ClusterInstance", "aws:docdb/clusterInstance:ClusterInstance"})
WRONG = "has a public address"


def check(database: Object) -> Faults:
    """Refuse a public address."""
    if database.other("publiclyAccessible", than=(False,)):
        yield database.fails(WRONG, "publiclyAccessible")


RULE = Rule(
    id="database-private",
    title="Databases have no public address",
    why="A database on the internet is scanned within minutes, and its password is all that stands in between.",
    fix="Set publiclyAccessible to false, or leave it out.",
    severity=Severity.CRITICAL,
    covers=("optibid:63", "optibid:73", "go-live-readiness:97"),
    kinds=KINDS,
    check=EachObject(check),
    allows={
        "unset": made(INSTANCE),
        "null": made(INSTANCE, publiclyAccessible=None),
        "private": made(INSTANCE, publiclyAccessible=False),
    },
    refuses={
        "public": refusal(made(INSTANCE, publiclyAccessible=True), f"Instance shop {WRONG}"),
        "a public member of a cluster": refusal(
            made("aws:rds/clusterInstance:ClusterInstance", publiclyAccessible=True), f"ClusterInstance shop {WRONG}"
        ),
        **in_kinds(refusal(made(INSTANCE, publiclyAccessible=True), f"Instance shop {WRONG}"), KINDS),
    },
)
