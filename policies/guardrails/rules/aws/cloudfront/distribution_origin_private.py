"""A bucket behind a distribution is read by the distribution alone.

Field: `originAccessControlId` of each origin whose `domainName` is a bucket's. Reference: FSBP CloudFront.13.
"""

import re

from guardrails.aws.relations import is_given
from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
FIELD = "originAccessControlId"
PROBLEM = "needs its bucket to be public"
_BUCKET = re.compile(r".+\.s3[.-].*amazonaws\.com(\.cn)?")


def check(distribution: Object) -> Violations:
    """Ask each origin that is a bucket."""
    for origin in distribution.items("origins"):
        domain = origin.peek("domainName")
        if isinstance(domain, Unknown):
            # A load balancer says how to speak to it; a bucket has to say how it is signed.
            if not isinstance(origin.raw("customOriginConfig"), dict) and not is_given(origin, FIELD):
                yield origin.undecided("domainName")
        elif isinstance(domain, str) and _BUCKET.fullmatch(domain) and not is_given(origin, FIELD):
            yield origin.fails(PROBLEM, FIELD)


def _origin(**more: Plain) -> tuple[Resource, ...]:
    return aws_resource(DISTRIBUTION, origins=[{"domainName": "shop.s3.us-east-1.amazonaws.com", **more}])


RULE = Rule(
    id="distribution-origin-private",
    title="Buckets behind distributions are private",
    why="A bucket that the world may read is read without the firewall, the headers and the record in front of it.",
    fix="Set originAccessControlId to an OriginAccessControl that always signs.",
    severity=Severity.HIGH,
    covers=("optibid:71", "go-live-readiness:27"),
    kinds=frozenset({DISTRIBUTION}),
    check=EachObject(check),
    known_after_deploy=(f"origins.{FIELD}",),
    allows={
        "signed": _origin(originAccessControlId="E2QWRUHEXAMPLE"),
        "by a control of the same program": _origin(originAccessControlId=Unknown.LATER),
        "no bucket": aws_resource(
            DISTRIBUTION, origins=[{"domainName": "origin.example.com", "customOriginConfig": {}}]
        ),
    },
    refuses={
        "unset": bad_example(_origin(), f"Distribution shop {PROBLEM}"),
        "null": bad_example(_origin(originAccessControlId=None), f"Distribution shop {PROBLEM}"),
        "the old kind of name": bad_example(
            aws_resource(DISTRIBUTION, origins=[{"domainName": "shop.s3.amazonaws.com"}]),
            f"Distribution shop {PROBLEM}",
        ),
    },
)
