"""A load balancer lets no malformed header through.

Field: `dropInvalidHeaderFields`; unset means no. Those of other types know no headers. Reference: FSBP ELB.4.
"""

from guardrails.examples.aws import in_kinds, made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
from guardrails.model.resources import Object
from guardrails.model.values import Unknown
from guardrails.rule import EachObject, Rule, Severity

BALANCER = "aws:lb/loadBalancer:LoadBalancer"
FIELD = ("dropInvalidHeaderFields",)
WRONG = "passes malformed headers on"


def check(found: Object) -> Faults:
    """Ask for the one field."""
    kind = found.peek("loadBalancerType")
    exempt = isinstance(kind, str) and kind.startswith(("network", "gateway"))
    if not exempt and found.lacks(*FIELD, value=True):
        if isinstance(kind, Unknown):
            yield found.undecided("loadBalancerType")
        else:
            yield found.fails(WRONG, *FIELD)


RULE = Rule(
    id="load-balancer-drops-invalid-headers",
    title="Load balancers drop malformed headers",
    why="A header that two servers read differently smuggles one request inside another.",
    fix="Set dropInvalidHeaderFields to true.",
    severity=Severity.MEDIUM,
    covers=("go-live-readiness:97", "optibid:69"),
    kinds=frozenset({BALANCER, "aws:alb/loadBalancer:LoadBalancer"}),
    check=EachObject(check),
    allows={
        "set": made(BALANCER, dropInvalidHeaderFields=True),
        "a network load balancer": made(BALANCER, loadBalancerType="network"),
    },
    refuses={
        "unset": refusal(made(BALANCER), f"LoadBalancer shop {WRONG}"),
        "null": refusal(made(BALANCER, dropInvalidHeaderFields=None), f"LoadBalancer shop {WRONG}"),
        "off": refusal(made(BALANCER, dropInvalidHeaderFields=False), f"LoadBalancer shop {WRONG}"),
        **in_kinds(refusal(made(BALANCER), f"LoadBalancer shop {WRONG}"), ["aws:alb/loadBalancer:LoadBalancer"]),
    },
)
