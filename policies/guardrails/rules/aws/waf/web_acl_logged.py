"""A web ACL writes down what it saw.

Each web ACL has a logging configuration whose `resourceArn` comes from it. Reference: FSBP WAF.11.
"""

from collections.abc import Sequence

from guardrails.aws.relations import require_dependent
from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.model.values import Unknown
from guardrails.rule import Rule, Severity, WholeStack

ACL = "aws:wafv2/webAcl:WebAcl"
LOGGING = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
PROBLEM = "keeps no record of what it saw"


def check(stack: Sequence[Object]) -> Violations:
    """Find each web ACL's log."""
    logs = [obj for obj in stack if obj.id == LOGGING]
    yield from require_dependent([obj for obj in stack if obj.id == ACL], logs, "resourceArn", PROBLEM)


FIREWALL = aws_resource(ACL, scope="REGIONAL")
ARN = "arn:aws:wafv2:us-east-1:111122223333:regional/webacl/shop/a"

RULE = Rule(
    id="web-acl-logged",
    title="Web ACLs keep a record",
    why="Without a record nobody sees an attack that fails, nor a customer whom a rule shuts out by mistake.",
    fix="Declare a WebAclLoggingConfiguration for each web ACL.",
    severity=Severity.MEDIUM,
    covers=("go-live-readiness:97", "go-live-readiness:104"),
    kinds=frozenset({ACL, LOGGING}),
    check=WholeStack(check),
    known_after_deploy=("resourceArn",),
    allows={
        "one each": (*FIREWALL, *aws_resource(LOGGING, "log", resourceArn=ARN)),
        "of the same program": (*FIREWALL, *aws_resource(LOGGING, "log", resourceArn=Unknown.LATER)),
        "none of either": aws_resource("aws:wafv2/ipSet:IpSet"),
    },
    refuses={
        "none": bad_example(FIREWALL, f"WebAcl shop {PROBLEM}"),
        "nobody's": bad_example((*FIREWALL, *aws_resource(LOGGING, "log")), f"WebAcl shop {PROBLEM}"),
        "one for two": bad_example(
            (
                *FIREWALL,
                *aws_resource(ACL, "other", scope="CLOUDFRONT"),
                *aws_resource(LOGGING, "log", resourceArn=ARN),
            ),
            f"WebAcl shop {PROBLEM}",
            f"WebAcl other {PROBLEM}",
        ),
        "one's twice": bad_example(
            (
                *FIREWALL,
                *aws_resource(ACL, "other", scope="CLOUDFRONT"),
                *aws_resource(LOGGING, "log", resourceArn=ARN),
                *aws_resource(LOGGING, "again", resourceArn=ARN),
            ),
            f"WebAcl shop {PROBLEM}",
            f"WebAcl other {PROBLEM}",
        ),
    },
)
