"""A load balancer lets no malformed header through.

Field: `dropInvalidHeaderFields`; unset means no. Those of other types know no headers. Reference: FSBP ELB.4.
"""

from guardrails.examples.aws import aws_resource, in_kinds
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.model.values import Unknown
from guardrails.rule import EachObject, Rule, Severity

BALANCER = "aws:lb/loadBalancer:LoadBalancer"
FIELD = ("dropInvalidHeaderFields",)
PROBLEM = "passes malformed headers on"


def check(obj: Object) -> Violations:
    """Ask for the one field."""
    kind = obj.peek("loadBalancerType")
    exempt = isinstance(kind, str) and kind.startswith(("network", "gateway"))
    if not exempt and obj.is_not(*FIELD, value=True):
        if isinstance(kind, Unknown):
            yield obj.undecided("loadBalancerType")
        else:
            yield obj.fails(PROBLEM, *FIELD)


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
        "set": aws_resource(BALANCER, dropInvalidHeaderFields=True),
        "a network load balancer": aws_resource(BALANCER, loadBalancerType="network"),
    },
    refuses={
        "unset": bad_example(aws_resource(BALANCER), f"LoadBalancer shop {PROBLEM}"),
        "null": bad_example(aws_resource(BALANCER, dropInvalidHeaderFields=None), f"LoadBalancer shop {PROBLEM}"),
        "off": bad_example(aws_resource(BALANCER, dropInvalidHeaderFields=False), f"LoadBalancer shop {PROBLEM}"),
        **in_kinds(
            bad_example(aws_resource(BALANCER), f"LoadBalancer shop {PROBLEM}"), ["aws:alb/loadBalancer:LoadBalancer"]
        ),
    },
)
