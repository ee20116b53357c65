"""A load balancer that faces the internet stands behind a firewall.

Each application load balancer that faces the internet (`internal` false or unset) has a web ACL association whose
`resourceArn` comes from it. Reference: FSBP ELB.16.
"""

from collections.abc import Sequence

from guardrails.aws.relations import require_dependent
from guardrails.examples.aws import aws_resource, in_kinds
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import Rule, Severity, WholeStack

BALANCER = "aws:lb/loadBalancer:LoadBalancer"
BALANCERS = frozenset({BALANCER, "aws:alb/loadBalancer:LoadBalancer"})
ASSOCIATION = "aws:wafv2/webAclAssociation:WebAclAssociation"
PROBLEM = "faces the internet without a firewall"


def check(stack: Sequence[Object]) -> Violations:
    """Find each one's association; ask what decides only where a fault hangs on it."""
    associations = [obj for obj in stack if obj.id == ASSOCIATION]
    facing = [obj for obj in stack if obj.id in BALANCERS and not _is_exempt(obj)]
    for fault in require_dependent(facing, associations, "resourceArn", PROBLEM):
        doubtful = [
            (obj, field)
            for obj in facing
            for field in ("internal", "loadBalancerType")
            if isinstance(obj.peek(field), Unknown)
        ]
        yield doubtful[0][0].undecided(doubtful[0][1]) if doubtful else fault


def _is_exempt(obj: Object) -> bool:
    return obj.peek("internal") is True or obj.peek("loadBalancerType") in ("network", "gateway")


def _balancer(**props: Plain) -> tuple[Resource, ...]:
    return aws_resource(BALANCER, **props)


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
    known_after_deploy=("resourceArn",),
    allows={
        "associated": (*_balancer(internal=False), *aws_resource(ASSOCIATION, "firewall", resourceArn=ARN)),
        "of the same program": (*_balancer(), *aws_resource(ASSOCIATION, "firewall", resourceArn=Unknown.LATER)),
        "internal": _balancer(internal=True),
        "another type": _balancer(loadBalancerType="network"),
    },
    refuses={
        "unset": bad_example(_balancer(), f"LoadBalancer shop {PROBLEM}"),
        "null": bad_example(_balancer(internal=None), f"LoadBalancer shop {PROBLEM}"),
        "somebody else's": bad_example(
            (*_balancer(), *aws_resource(ASSOCIATION, "firewall", webAclArn="arn:aws:wafv2:a")),
            f"LoadBalancer shop {PROBLEM}",
        ),
        "on the internet": bad_example(_balancer(internal=False), f"LoadBalancer shop {PROBLEM}"),
        **in_kinds(bad_example(_balancer(), f"LoadBalancer shop {PROBLEM}"), BALANCERS),
    },
)
