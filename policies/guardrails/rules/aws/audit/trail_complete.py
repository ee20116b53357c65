"""A trail records every change in every region, and its files can be proven to be whole.

Fields: `enableLogFileValidation` and `isMultiRegionTrail` (unset means no), `enableLogging` (unset means yes), and the
selectors, without which it records every management event: one of `eventSelectors` with `includeManagementEvents`
(unset means yes) and `readWriteType` All (as unset) or WriteOnly, or one of `advancedEventSelectors` that asks for
Management and leaves out no writing. Reference: CIS AWS Foundations 3.1, FSBP CloudTrail.1.
"""

from guardrails.aws.relations import texts
from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, has_unknown
from guardrails.rule import EachObject, Rule, Severity

TRAIL = "aws:cloudtrail/trail:Trail"
FORGED = "does not let its files be validated"
PARTIAL = "records one region only"
BLIND = "leaves out changes to the account"
OFF = "does not record"


def check(trail: Object) -> Violations:
    """Ask all three."""
    if trail.is_not("enableLogFileValidation", value=True):
        yield trail.fails(FORGED, "enableLogFileValidation")
    if trail.is_not("isMultiRegionTrail", value=True):
        yield trail.fails(PARTIAL, "isMultiRegionTrail")
    if trail.differs_from("enableLogging", than=(True,)):
        yield trail.fails(OFF, "enableLogging")
    for field, takes in (("eventSelectors", _takes_changes), ("advancedEventSelectors", _asks_for_changes)):
        selectors = trail.at(field)
        selectors.expect(list)
        if selectors.elements() and not any(map(takes, selectors.elements())):
            yield trail.undecided(field) if has_unknown(selectors.plain) else trail.fails(BLIND, field)


def _takes_changes(selector: Node) -> bool:
    if selector.differs_from("includeManagementEvents", than=(True,)):
        return False
    return not selector.differs_from("readWriteType", than=("All", "WriteOnly"))


def _asks_for_changes(selector: Node) -> bool:
    """It names the category Management, and reading at most as what it leaves out."""
    fields = {each.read("field"): each for each in selector.items("fieldSelectors")}
    category, only = (fields.pop(name, None) for name in ("eventCategory", "readOnly"))
    asked = category is not None and "Management" in texts(category.at("equals"))
    return asked and not fields and (only is None or texts(only.at("equals")) == ["false"])


def _trail(**more: Plain) -> tuple[Resource, ...]:
    return aws_resource(TRAIL, enableLogFileValidation=True, isMultiRegionTrail=True, **more)


def _advanced(*fields: Plain) -> tuple[Resource, ...]:
    return _trail(advancedEventSelectors=[{"fieldSelectors": list(fields)}])


MANAGEMENT: Plain = {"field": "eventCategory", "equals": ["Management"]}
OBJECTS: Plain = {"field": "eventCategory", "equals": ["Data"]}
NO_KMS: Plain = {"field": "eventSource", "notEquals": ["kms.amazonaws.com"]}


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
        "complete": _trail(),
        "said in full": _trail(enableLogging=True),
        "with objects": _trail(eventSelectors=[{"dataResources": [], "includeManagementEvents": True}]),
        "selected": _advanced(MANAGEMENT),
        "changes only": _advanced(MANAGEMENT, {"field": "readOnly", "equals": ["false"]}),
    },
    refuses={
        "unset": bad_example(aws_resource(TRAIL), f"Trail shop {FORGED}", f"Trail shop {PARTIAL}"),
        "null": bad_example(
            aws_resource(TRAIL, enableLogFileValidation=None, isMultiRegionTrail=True), f"Trail shop {FORGED}"
        ),
        "switched off": bad_example(_trail(enableLogging=False), f"Trail shop {OFF}"),
        "objects only": bad_example(_trail(eventSelectors=[{"includeManagementEvents": False}]), f"Trail shop {BLIND}"),
        "reading only": bad_example(_trail(eventSelectors=[{"readWriteType": "ReadOnly"}]), f"Trail shop {BLIND}"),
        "objects only, selected": bad_example(_advanced(OBJECTS), f"Trail shop {BLIND}"),
        "all but one service": bad_example(_advanced(MANAGEMENT, NO_KMS), f"Trail shop {BLIND}"),
        "reading only, selected": bad_example(
            _advanced(MANAGEMENT, {"field": "readOnly", "equals": ["true"]}), f"Trail shop {BLIND}"
        ),
    },
)
