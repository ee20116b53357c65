"""A web ACL writes down what it saw.

Each web ACL has a logging configuration whose `resourceArn` comes from it. Reference: FSBP WAF.11.
"""

from collections.abc import Sequence

from guardrails.aws.relations import lacks_follower
from guardrails.examples.aws import made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
from guardrails.model.resources import Object
from guardrails.model.values import Unknown
from guardrails.rule import Rule, Severity, WholeStack

ACL = "aws:wafv2/webAcl:WebAcl"
LOGGING = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
WRONG = "keeps no record of what it saw"


def check(stack: Sequence[Object]) -> Faults:
    """Find each web ACL's log."""
    logs = [found for found in stack if found.id == LOGGING]
    yield from lacks_follower([found for found in stack if found.id == ACL], logs, "resourceArn", WRONG)


FIREWALL = made(ACL, scope="REGIONAL")
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
    awaits=("resourceArn",),
    allows={
        "one each": (*FIREWALL, *made(LOGGING, "log", resourceArn=ARN)),
        "of the same program": (*FIREWALL, *made(LOGGING, "log", resourceArn=Unknown.LATER)),
        "none of either": made("aws:wafv2/ipSet:IpSet"),
    },
    refuses={
        "none": refusal(FIREWALL, f"WebAcl shop {WRONG}"),
        "nobody's": refusal((*FIREWALL, *made(LOGGING, "log")), f"WebAcl shop {WRONG}"),
        "one for two": refusal(
            (*FIREWALL, *made(ACL, "other", scope="CLOUDFRONT"), *made(LOGGING, "log", resourceArn=ARN)),
            f"WebAcl shop {WRONG}",
            f"WebAcl other {WRONG}",
        ),
        "one's twice": refusal(
            (
                *FIREWALL,
                *made(ACL, "other", scope="CLOUDFRONT"),
                *made(LOGGING, "log", resourceArn=ARN),
                *made(LOGGING, "again", resourceArn=ARN),
            ),
            f"WebAcl shop {WRONG}",
            f"WebAcl other {WRONG}",
        ),
    },
)
