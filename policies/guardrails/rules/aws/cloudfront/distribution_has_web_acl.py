"""A distribution stands behind a firewall.

Field: `webAclId`; unset means none; one that is known only after deployment counts. Reference: FSBP CloudFront.6.
"""

from guardrails.aws.relations import is_given
from guardrails.examples.aws import aws_resource, in_kinds
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.model.values import Unknown
from guardrails.rule import EachObject, Rule, Severity

DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
KINDS = frozenset({DISTRIBUTION, "aws:cloudfront/multitenantDistribution:MultitenantDistribution"})
FIELD = ("webAclId",)
PROBLEM = "stands behind no firewall"


def check(obj: Object) -> Violations:
    """Ask for the one field."""
    if not is_given(obj, *FIELD):
        yield obj.fails(PROBLEM, *FIELD)


RULE = Rule(
    id="distribution-has-web-acl",
    title="Distributions stand behind a web ACL",
    why="Every scanner on the internet reaches the products, and nothing sorts it out before them.",
    fix="Set webAclId to the ARN of a web ACL of scope CLOUDFRONT.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:97", "production:17"),
    kinds=KINDS,
    check=EachObject(check),
    known_after_deploy=("webAclId",),
    allows={
        "one": aws_resource(DISTRIBUTION, webAclId="arn:aws:kms:us-east-1:111122223333:key/shop"),
        "one of the same program": aws_resource(DISTRIBUTION, webAclId=Unknown.LATER),
    },
    refuses={
        "unset": bad_example(aws_resource(DISTRIBUTION), f"Distribution shop {PROBLEM}"),
        "null": bad_example(aws_resource(DISTRIBUTION, webAclId=None), f"Distribution shop {PROBLEM}"),
        **in_kinds(bad_example(aws_resource(DISTRIBUTION), f"Distribution shop {PROBLEM}"), KINDS),
        "empty": bad_example(aws_resource(DISTRIBUTION, webAclId=""), f"Distribution shop {PROBLEM}"),
    },
)
