"""A load balancer can't be deleted by one wrong word.

Field: `enableDeletionProtection`; unset means no. Reference: FSBP ELB.6.
"""

from guardrails.examples.aws import aws_resource, in_kinds
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

BALANCER = "aws:lb/loadBalancer:LoadBalancer"
FIELD = ("enableDeletionProtection",)
PROBLEM = "can be deleted at once"


def check(obj: Object) -> Violations:
    """Ask for the one field."""
    if obj.is_not(*FIELD, value=True):
        yield obj.fails(PROBLEM, *FIELD)


RULE = Rule(
    id="load-balancer-deletion-protected",
    title="Load balancers are protected from deletion",
    why="Its name and addresses go with it, and every product is unreachable until names point elsewhere.",
    fix="Set enableDeletionProtection to true.",
    severity=Severity.MEDIUM,
    covers=("optibid:69", "go-live-readiness:124"),
    kinds=frozenset({BALANCER, "aws:alb/loadBalancer:LoadBalancer"}),
    check=EachObject(check),
    allows={
        "set": aws_resource(BALANCER, enableDeletionProtection=True),
        "of the other kind": aws_resource("aws:alb/loadBalancer:LoadBalancer", enableDeletionProtection=True),
    },
    refuses={
        "unset": bad_example(aws_resource(BALANCER), f"LoadBalancer shop {PROBLEM}"),
        "null": bad_example(aws_resource(BALANCER, enableDeletionProtection=None), f"LoadBalancer shop {PROBLEM}"),
        "off": bad_example(aws_resource(BALANCER, enableDeletionProtection=False), f"LoadBalancer shop {PROBLEM}"),
        **in_kinds(
            bad_example(aws_resource(BALANCER), f"LoadBalancer shop {PROBLEM}"), ["aws:alb/loadBalancer:LoadBalancer"]
        ),
    },
)
