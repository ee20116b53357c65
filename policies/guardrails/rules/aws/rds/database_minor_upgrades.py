"""A database takes minor versions by itself, in its maintenance window.

Field: `autoMinorVersionUpgrade`; unset is sound. Reference: FSBP RDS.13.
"""

from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

DATABASE = "aws:rds/instance:Instance"
FIELD = ("autoMinorVersionUpgrade",)
PROBLEM = "does not take minor versions by itself"


def check(obj: Object) -> Violations:
    """Ask for the one field."""
    if obj.differs_from(*FIELD, than=(True,)):
        yield obj.fails(PROBLEM, *FIELD)


RULE = Rule(
    id="database-minor-upgrades",
    title="Databases take minor versions by themselves",
    why="Minor versions close known holes, and nobody remembers to install them by hand.",
    fix="Set autoMinorVersionUpgrade to true, or leave it out.",
    severity=Severity.MEDIUM,
    covers=("production:20", "go-live-readiness:202"),
    kinds=frozenset({DATABASE}),
    check=EachObject(check),
    allows={
        "set": aws_resource(DATABASE, autoMinorVersionUpgrade=True),
        "unset": aws_resource(DATABASE),
    },
    refuses={
        "off": bad_example(aws_resource(DATABASE, autoMinorVersionUpgrade=False), f"Instance shop {PROBLEM}"),
        "a word": bad_example(aws_resource(DATABASE, autoMinorVersionUpgrade="perhaps"), f"Instance shop {PROBLEM}"),
    },
)
