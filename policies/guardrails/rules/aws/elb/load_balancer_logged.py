"""A load balancer writes down who asked for what.

Field: `accessLogs.enabled`; unset means no. Reference: FSBP ELB.5.
"""

from guardrails.examples.aws import aws_resource, in_kinds
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

BALANCER = "aws:lb/loadBalancer:LoadBalancer"
FIELD = ("accessLogs", "enabled")
PROBLEM = "keeps no record of requests"


def check(obj: Object) -> Violations:
    """Ask for the one field."""
    if obj.is_not(*FIELD, value=True):
        yield obj.fails(PROBLEM, *FIELD)


RULE = Rule(
    id="load-balancer-logged",
    title="Load balancers keep a record of requests",
    why="Without a record nobody can say afterwards what an intruder asked for, and what was answered.",
    fix="Set accessLogs with a bucket and enabled true.",
    severity=Severity.MEDIUM,
    covers=("go-live-readiness:104", "new-services:211"),
    kinds=frozenset({BALANCER, "aws:alb/loadBalancer:LoadBalancer"}),
    check=EachObject(check),
    allows={
        "set": aws_resource(BALANCER, accessLogs={"enabled": True}),
        "of the other kind": aws_resource("aws:alb/loadBalancer:LoadBalancer", accessLogs={"enabled": True}),
    },
    refuses={
        "unset": bad_example(aws_resource(BALANCER), f"LoadBalancer shop {PROBLEM}"),
        "null": bad_example(aws_resource(BALANCER, accessLogs={"enabled": None}), f"LoadBalancer shop {PROBLEM}"),
        "off": bad_example(aws_resource(BALANCER, accessLogs={"enabled": False}), f"LoadBalancer shop {PROBLEM}"),
        **in_kinds(
            bad_example(aws_resource(BALANCER), f"LoadBalancer shop {PROBLEM}"), ["aws:alb/loadBalancer:LoadBalancer"]
        ),
    },
)
