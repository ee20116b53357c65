"""A bucket behind a distribution is read by the distribution alone.

Field: `originAccessControlId` of each origin whose `domainName` is a bucket's. Reference: FSBP CloudFront.13.
"""

import re

from guardrails.aws.relations import is_given
from guardrails.examples.aws import made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
FIELD = "originAccessControlId"
WRONG = "needs its bucket to be public"
_BUCKET = re.compile(r".+\.s3[.-].*amazonaws\.com(\.cn)?")


def check(distribution: Object) -> Faults:
    """Ask each origin that is a bucket."""
    for origin in distribution.items("origins"):
        domain = origin.peek("domainName")
        if isinstance(domain, Unknown):
            # A load balancer says how to speak to it; a bucket has to say how it is signed.
            if not isinstance(origin.look("customOriginConfig"), dict) and not is_given(origin, FIELD):
                yield origin.undecided("domainName")
        elif isinstance(domain, str) and _BUCKET.fullmatch(domain) and not is_given(origin, FIELD):
            yield origin.fails(WRONG, FIELD)


def _origin(**more: Plain) -> tuple[Resource, ...]:
    return made(DISTRIBUTION, origins=[{"domainName": "shop.s3.us-east-1.amazonaws.com", **more}])


RULE = Rule(
    id="distribution-origin-private",
    title="Buckets behind distributions are private",
    why="A bucket that the world may read is read without the firewall, the headers and the record in front of it.",
    fix="Set originAccessControlId to an OriginAccessControl that always signs.",
    severity=Severity.HIGH,
    covers=("optibid:71", "go-live-readiness:27"),
    kinds=frozenset({DISTRIBUTION}),
    check=EachObject(check),
    awaits=(f"origins.{FIELD}",),
    allows={
        "signed": _origin(originAccessControlId="E2QWRUHEXAMPLE"),
        "by a control of the same program": _origin(originAccessControlId=Unknown.LATER),
        "no bucket": made(DISTRIBUTION, origins=[{"domainName": "origin.example.com", "customOriginConfig": {}}]),
    },
    refuses={
        "unset": refusal(_origin(), f"Distribution shop {WRONG}"),
        "null": refusal(_origin(originAccessControlId=None), f"Distribution shop {WRONG}"),
        "the old kind of name": refusal(
            made(DISTRIBUTION, origins=[{"domainName": "shop.s3.amazonaws.com"}]), f"Distribution shop {WRONG}"
        ),
    },
)
