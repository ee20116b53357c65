"""A distribution stands behind a firewall.

Field: `webAclId`; unset means none; one that is known only after deployment counts. Reference: FSBP CloudFront.6.
"""

from guardrails.aws.relations import is_given
from guardrails.examples.aws import in_kinds, made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
from guardrails.model.resources import Object
from guardrails.model.values import Unknown
from guardrails.rule import EachObject, Rule, Severity

DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
KINDS = frozenset({DISTRIBUTION, "aws:cloudfront/multitenantDistribution:MultitenantDistribution"})
FIELD = ("webAclId",)
WRONG = "stands behind no firewall"


def check(found: Object) -> Faults:
    """Ask for the one field."""
    if not is_given(found, *FIELD):
        yield found.fails(WRONG, *FIELD)


RULE = Rule(
    id="distribution-has-web-acl",
    title="Distributions stand behind a web ACL",
    why="Every scanner on the internet reaches the products, and nothing sorts it out before them.",
    fix="Set webAclId to the ARN of a web ACL of scope CLOUDFRONT.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:97", "production:17"),
    kinds=KINDS,
    check=EachObject(check),
    awaits=("webAclId",),
    allows={
        "one": made(DISTRIBUTION, webAclId="arn:aws:kms:us-east-1:111122223333:key/shop"),
        "one of the same program": made(DISTRIBUTION, webAclId=Unknown.LATER),
    },
    refuses={
        "unset": refusal(made(DISTRIBUTION), f"Distribution shop {WRONG}"),
        "null": refusal(made(DISTRIBUTION, webAclId=None), f"Distribution shop {WRONG}"),
        **in_kinds(refusal(made(DISTRIBUTION), f"Distribution shop {WRONG}"), KINDS),
        "empty": refusal(made(DISTRIBUTION, webAclId=""), f"Distribution shop {WRONG}"),
    },
)
