"""A trail records every region, and its files can be proven to be whole.

Fields: `enableLogFileValidation` and `isMultiRegionTrail` (unset means no), `enableLogging` (unset means yes).
"""

from guardrails.amazon import made
from guardrails.examples import refusal
from guardrails.resources import Object
from guardrails.rule import EachObject, Faults, Rule, Severity

TRAIL = "aws:cloudtrail/trail:Trail"
FORGED = "does not let its files be validated"
PARTIAL = "records one region only"
OFF = "does not record"


def check(trail: Object) -> Faults:
    """Ask all three."""
    if trail.lacks("enableLogFileValidation", value=True):
        yield trail.fails(FORGED, "enableLogFileValidation")
    if trail.lacks("isMultiRegionTrail", value=True):
        yield trail.fails(PARTIAL, "isMultiRegionTrail")
    if trail.other("enableLogging", than=(True,)):
        yield trail.fails(OFF, "enableLogging")


RULE = Rule(
    id="trail-complete",
    title="Trails are complete and can be proven",
    why="An intruder works in the region that nobody watches, then edits the record.",
    fix="Set enableLogFileValidation and isMultiRegionTrail to true, and leave enableLogging on.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:95", "go-live-readiness:104", "optibid:64"),
    kinds=frozenset({TRAIL}),
    check=EachObject(check),
    allows={
        "complete": made(TRAIL, enableLogFileValidation=True, isMultiRegionTrail=True),
        "said in full": made(TRAIL, enableLogFileValidation=True, isMultiRegionTrail=True, enableLogging=True),
    },
    refuses={
        "unset": refusal(made(TRAIL), f"Trail shop {FORGED}", f"Trail shop {PARTIAL}"),
        "null": refusal(made(TRAIL, enableLogFileValidation=None, isMultiRegionTrail=True), f"Trail shop {FORGED}"),
        "switched off": refusal(
            made(TRAIL, enableLogFileValidation=True, isMultiRegionTrail=True, enableLogging=False), f"Trail shop {OFF}"
        ),
    },
)
