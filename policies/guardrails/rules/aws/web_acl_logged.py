"""A web ACL writes down what it saw.

There are at least as many logging configurations as web ACLs; which belongs to which only AWS knows in a preview.
Reference: FSBP WAF.11.
"""

from collections.abc import Sequence

from guardrails.amazon import made, outnumbered
from guardrails.examples import refusal
from guardrails.resources import Object
from guardrails.rule import Faults, Rule, Severity, WholeStack

ACL = "aws:wafv2/webAcl:WebAcl"
LOGGING = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
WRONG = "keeps no record of what it saw"


def check(stack: Sequence[Object]) -> Faults:
    """Count web ACLs and their logs."""
    logs = [found for found in stack if found.id == LOGGING]
    yield from outnumbered([found for found in stack if found.id == ACL], logs, WRONG)


FIREWALL = made(ACL, scope="REGIONAL")

RULE = Rule(
    id="web-acl-logged",
    title="Web ACLs keep a record",
    why="Without a record nobody sees an attack that fails, nor a customer whom a rule shuts out by mistake.",
    fix="Declare a WebAclLoggingConfiguration for each web ACL.",
    severity=Severity.MEDIUM,
    covers=("go-live-readiness:97", "go-live-readiness:104"),
    kinds=frozenset({ACL, LOGGING}),
    check=WholeStack(check),
    allows={
        "one each": (*FIREWALL, *made(LOGGING, "log", resourceArn="arn:aws:wafv2:us-east-1:111122223333:regional/a")),
        "none of either": made("aws:wafv2/ipSet:IpSet"),
    },
    refuses={
        "none": refusal(FIREWALL, f"WebAcl shop {WRONG}"),
        "one for two": refusal(
            (*FIREWALL, *made(ACL, "other", scope="CLOUDFRONT"), *made(LOGGING, "log")),
            f"WebAcl shop {WRONG}",
            f"WebAcl other {WRONG}",
        ),
    },
)
