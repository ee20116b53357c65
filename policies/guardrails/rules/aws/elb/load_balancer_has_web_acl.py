"""A load balancer that faces the internet stands behind a firewall.

Each application load balancer that faces the internet (`internal` false or unset) has a web ACL association whose
`resourceArn` comes from it. Reference: FSBP ELB.16.
"""

from collections.abc import Sequence

from guardrails.aws.relations import lacks_follower
from guardrails.examples.aws import in_kinds, made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import Rule, Severity, WholeStack

BALANCER = "aws:lb/loadBalancer:LoadBalancer"
BALANCERS = frozenset({BALANCER, "aws:alb/loadBalancer:LoadBalancer"})
ASSOCIATION = "aws:wafv2/webAclAssociation:WebAclAssociation"
WRONG = "faces the internet without a firewall"


def check(stack: Sequence[Object]) -> Faults:
    """Find each one's association; ask what decides only where a fault hangs on it."""
    associations = [found for found in stack if found.id == ASSOCIATION]
    facing = [found for found in stack if found.id in BALANCERS and not _is_exempt(found)]
    for fault in lacks_follower(facing, associations, "resourceArn", WRONG):
        doubtful = [
            (found, field)
            for found in facing
            for field in ("internal", "loadBalancerType")
            if isinstance(found.peek(field), Unknown)
        ]
        yield doubtful[0][0].undecided(doubtful[0][1]) if doubtful else fault


def _is_exempt(found: Object) -> bool:
    return found.peek("internal") is True or found.peek("loadBalancerType") in ("network", "gateway")


def _balancer(**props: Plain) -> tuple[Resource, ...]:
    return made(BALANCER, **props)


ARN = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/shop/0a1b2c3d"

RULE = Rule(
    id="load-balancer-has-web-acl",
    title="Load balancers on the internet stand behind a web ACL",
    why="Whoever finds the load balancer's own name goes round the firewall in front of the products' names.",
    fix="Declare a WebAclAssociation for the load balancer, or set internal to true.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:97", "optibid:69"),
    kinds=BALANCERS | {ASSOCIATION},
    check=WholeStack(check),
    awaits=("resourceArn",),
    allows={
        "associated": (*_balancer(internal=False), *made(ASSOCIATION, "firewall", resourceArn=ARN)),
        "of the same program": (*_balancer(), *made(ASSOCIATION, "firewall", resourceArn=Unknown.LATER)),
        "internal": _balancer(internal=True),
        "another type": _balancer(loadBalancerType="network"),
    },
    refuses={
        "unset": refusal(_balancer(), f"LoadBalancer shop {WRONG}"),
        "null": refusal(_balancer(internal=None), f"LoadBalancer shop {WRONG}"),
        "somebody else's": refusal(
            (*_balancer(), *made(ASSOCIATION, "firewall", webAclArn="arn:aws:wafv2:a")), f"LoadBalancer shop {WRONG}"
        ),
        "on the internet": refusal(_balancer(internal=False), f"LoadBalancer shop {WRONG}"),
        **in_kinds(refusal(_balancer(), f"LoadBalancer shop {WRONG}"), BALANCERS),
    },
)
