"""A database has a standby in another zone.

Field: `multiAz` of instances; unset means no. A replica (`replicateSourceDb`) is itself the second copy.
"""

from guardrails.aws.relations import INSTANCE, is_exempt
from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

PROBLEM = "has no standby in another zone"


def check(database: Object) -> Violations:
    """Ask for the standby."""
    if database.is_not("multiAz", value=True) and not is_exempt(database, "replicateSourceDb"):
        yield database.fails(PROBLEM, "multiAz")


RULE = Rule(
    id="database-multi-zone",
    title="Databases outlive a zone",
    why="With one copy the failure of a zone, or a mere upgrade, stops every product that uses it.",
    fix="Set multiAz to true.",
    severity=Severity.MEDIUM,
    covers=("production:50", "optibid:68"),
    kinds=frozenset({INSTANCE}),
    check=EachObject(check),
    allows={
        "two zones": aws_resource(INSTANCE, multiAz=True),
        "a replica": aws_resource(INSTANCE, replicateSourceDb="shop"),
    },
    refuses={
        "unset": bad_example(aws_resource(INSTANCE), f"Instance shop {PROBLEM}"),
        "null": bad_example(aws_resource(INSTANCE, multiAz=None), f"Instance shop {PROBLEM}"),
        "off": bad_example(aws_resource(INSTANCE, multiAz=False), f"Instance shop {PROBLEM}"),
    },
)
