"""A database leaves a last snapshot behind.

Field: `skipFinalSnapshot`; unset is sound. Reference: the default of RDS.
"""

from guardrails.examples.aws import aws_resource, in_kinds
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

CLUSTER = "aws:rds/cluster:Cluster"
DATABASE = "aws:rds/instance:Instance"
FIELD = ("skipFinalSnapshot",)
PROBLEM = "leaves no snapshot when it is deleted"


def check(obj: Object) -> Violations:
    """Ask for the one field."""
    if obj.differs_from(*FIELD, than=(False,)):
        yield obj.fails(PROBLEM, *FIELD)


RULE = Rule(
    id="database-final-snapshot",
    title="Databases leave a last snapshot",
    why="A database that is deleted by mistake can be had back from its last snapshot and from nothing else.",
    fix="Set skipFinalSnapshot to false and name a finalSnapshotIdentifier.",
    severity=Severity.HIGH,
    covers=("production:11", "optibid:75"),
    kinds=frozenset({DATABASE, CLUSTER}),
    check=EachObject(check),
    allows={
        "set": aws_resource(DATABASE, skipFinalSnapshot=False),
        "unset": aws_resource(DATABASE),
    },
    refuses={
        "off": bad_example(aws_resource(DATABASE, skipFinalSnapshot=True), f"Instance shop {PROBLEM}"),
        "a word": bad_example(aws_resource(DATABASE, skipFinalSnapshot="perhaps"), f"Instance shop {PROBLEM}"),
        **in_kinds(bad_example(aws_resource(DATABASE, skipFinalSnapshot=True), f"Instance shop {PROBLEM}"), [CLUSTER]),
    },
)
