"""A load balancer can't be deleted by one wrong word.

Field: `enableDeletionProtection`; unset means no. Reference: FSBP ELB.6.
"""

from guardrails.examples.aws import in_kinds, made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

BALANCER = "aws:lb/loadBalancer:LoadBalancer"
FIELD = ("enableDeletionProtection",)
WRONG = "can be deleted at once"


def check(found: Object) -> Faults:
    """Ask for the one field."""
    if found.lacks(*FIELD, value=True):
        yield found.fails(WRONG, *FIELD)


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
        "set": made(BALANCER, enableDeletionProtection=True),
        "of the other kind": made("aws:alb/loadBalancer:LoadBalancer", enableDeletionProtection=True),
    },
    refuses={
        "unset": refusal(made(BALANCER), f"LoadBalancer shop {WRONG}"),
        "null": refusal(made(BALANCER, enableDeletionProtection=None), f"LoadBalancer shop {WRONG}"),
        "off": refusal(made(BALANCER, enableDeletionProtection=False), f"LoadBalancer shop {WRONG}"),
        **in_kinds(refusal(made(BALANCER), f"LoadBalancer shop {WRONG}"), ["aws:alb/loadBalancer:LoadBalancer"]),
    },
)
