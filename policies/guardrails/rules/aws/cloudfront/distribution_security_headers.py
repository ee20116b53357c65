"""Every answer of a distribution carries security headers.

Field: `responseHeadersPolicyId` of `defaultCacheBehavior` and of each of `orderedCacheBehaviors`; the policy itself has
a rule of its own. Reference: OWASP Secure Headers, Checkov CKV2_AWS_32.
"""

from guardrails.aws.relations import is_given
from guardrails.examples.aws import made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
from guardrails.model.resources import Object
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
DEFAULT, ORDERED, FIELD = "defaultCacheBehavior", "orderedCacheBehaviors", "responseHeadersPolicyId"
WRONG = "answers without security headers"


def check(distribution: Object) -> Faults:
    """Ask each behaviour."""
    for behavior in (distribution.at(DEFAULT), *distribution.items(ORDERED)):
        if not is_given(behavior, FIELD):
            yield behavior.fails(WRONG, FIELD)


SAFE: dict[str, Plain] = {FIELD: "67f7725c-6f97-4210-82d7-5512b31e9d03"}

RULE = Rule(
    id="distribution-security-headers",
    title="Distributions answer with security headers",
    why="Without them a page can be framed, its type guessed and its scripts replaced, and browsers have to allow it.",
    fix="Set responseHeadersPolicyId of every behaviour to a policy with CSP, HSTS and X-Frame-Options.",
    severity=Severity.MEDIUM,
    covers=("optibid:60", "optibid:461"),
    kinds=frozenset({DISTRIBUTION}),
    check=EachObject(check),
    awaits=(f"{DEFAULT}.{FIELD}", f"{ORDERED}.{FIELD}"),
    allows={
        "a policy": made(DISTRIBUTION, defaultCacheBehavior=SAFE),
        "one of the same program": made(
            DISTRIBUTION, defaultCacheBehavior=SAFE, orderedCacheBehaviors=[{FIELD: Unknown.LATER}]
        ),
    },
    refuses={
        "unset": refusal(made(DISTRIBUTION), f"Distribution shop {WRONG}"),
        "null": refusal(made(DISTRIBUTION, defaultCacheBehavior={FIELD: None}), f"Distribution shop {WRONG}"),
        "on one path": refusal(
            made(DISTRIBUTION, defaultCacheBehavior=SAFE, orderedCacheBehaviors=[{"pathPattern": "/files/*"}]),
            f"Distribution shop {WRONG}",
        ),
    },
)
