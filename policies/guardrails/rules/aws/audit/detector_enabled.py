"""GuardDuty is on where it is declared.

Field: `enable`; unset is sound. Reference: FSBP GuardDuty.1.
"""

from guardrails.examples.aws import made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

DETECTOR = "aws:guardduty/detector:Detector"
FIELD = ("enable",)
WRONG = "looks at nothing"


def check(found: Object) -> Faults:
    """Ask for the one field."""
    if found.other(*FIELD, than=(True,)):
        yield found.fails(WRONG, *FIELD)


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
        "set": made(DETECTOR, enable=True),
        "unset": made(DETECTOR),
    },
    refuses={
        "off": refusal(made(DETECTOR, enable=False), f"Detector shop {WRONG}"),
        "a word": refusal(made(DETECTOR, enable="perhaps"), f"Detector shop {WRONG}"),
    },
)
