"""GuardDuty is on where it is declared.

Field: `enable`; unset is sound. Reference: FSBP GuardDuty.1.
"""

from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

DETECTOR = "aws:guardduty/detector:Detector"
FIELD = ("enable",)
PROBLEM = "looks at nothing"


def check(obj: Object) -> Violations:
    """Ask for the one field."""
    if obj.differs_from(*FIELD, than=(True,)):
        yield obj.fails(PROBLEM, *FIELD)


RULE = Rule(
    id="detector-enabled",
    title="GuardDuty detectors are on",
    why="A detector that is off looks like protection in every list, and sees no intruder.",
    fix="Set enable to true, or leave it out.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:103", "new-services:256"),
    kinds=frozenset({DETECTOR}),
    check=EachObject(check),
    allows={
        "set": aws_resource(DETECTOR, enable=True),
        "unset": aws_resource(DETECTOR),
    },
    refuses={
        "off": bad_example(aws_resource(DETECTOR, enable=False), f"Detector shop {PROBLEM}"),
        "a word": bad_example(aws_resource(DETECTOR, enable="perhaps"), f"Detector shop {PROBLEM}"),
    },
)
