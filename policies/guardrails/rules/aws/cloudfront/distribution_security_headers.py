"""Every answer of a distribution carries security headers.

Field: `responseHeadersPolicyId` of `defaultCacheBehavior` and of each of `orderedCacheBehaviors`; the policy itself has
a rule of its own. Reference: OWASP Secure Headers, Checkov CKV2_AWS_32.
"""

from guardrails.aws.relations import is_given
from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
DEFAULT, ORDERED, FIELD = "defaultCacheBehavior", "orderedCacheBehaviors", "responseHeadersPolicyId"
PROBLEM = "answers without security headers"


def check(distribution: Object) -> Violations:
    """Ask each behaviour."""
    for behavior in (distribution.at(DEFAULT), *distribution.items(ORDERED)):
        if not is_given(behavior, FIELD):
            yield behavior.fails(PROBLEM, FIELD)


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
    known_after_deploy=(f"{DEFAULT}.{FIELD}", f"{ORDERED}.{FIELD}"),
    allows={
        "a policy": aws_resource(DISTRIBUTION, defaultCacheBehavior=SAFE),
        "one of the same program": aws_resource(
            DISTRIBUTION, defaultCacheBehavior=SAFE, orderedCacheBehaviors=[{FIELD: Unknown.LATER}]
        ),
    },
    refuses={
        "unset": bad_example(aws_resource(DISTRIBUTION), f"Distribution shop {PROBLEM}"),
        "null": bad_example(
            aws_resource(DISTRIBUTION, defaultCacheBehavior={FIELD: None}), f"Distribution shop {PROBLEM}"
        ),
        "on one path": bad_example(
            aws_resource(DISTRIBUTION, defaultCacheBehavior=SAFE, orderedCacheBehaviors=[{"pathPattern": "/files/*"}]),
            f"Distribution shop {PROBLEM}",
        ),
    },
)
