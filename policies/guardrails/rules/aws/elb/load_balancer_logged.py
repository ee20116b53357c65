"""A load balancer writes down who asked for what.

Field: `accessLogs.enabled`; unset means no. Reference: FSBP ELB.5.
"""

from guardrails.examples.aws import in_kinds, made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

BALANCER = "aws:lb/loadBalancer:LoadBalancer"
FIELD = ("accessLogs", "enabled")
WRONG = "keeps no record of requests"


def check(found: Object) -> Faults:
    """Ask for the one field."""
    if found.lacks(*FIELD, value=True):
        yield found.fails(WRONG, *FIELD)


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
        "set": made(BALANCER, accessLogs={"enabled": True}),
        "of the other kind": made("aws:alb/loadBalancer:LoadBalancer", accessLogs={"enabled": True}),
    },
    refuses={
        "unset": refusal(made(BALANCER), f"LoadBalancer shop {WRONG}"),
        "null": refusal(made(BALANCER, accessLogs={"enabled": None}), f"LoadBalancer shop {WRONG}"),
        "off": refusal(made(BALANCER, accessLogs={"enabled": False}), f"LoadBalancer shop {WRONG}"),
        **in_kinds(refusal(made(BALANCER), f"LoadBalancer shop {WRONG}"), ["aws:alb/loadBalancer:LoadBalancer"]),
    },
)
