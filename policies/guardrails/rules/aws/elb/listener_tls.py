"""A load balancer speaks TLS 1.3, and plain HTTP only to send people on to HTTPS.

Fields: `protocol`, `sslPolicy` (unset means an old policy) and `defaultActions`; unset, `protocol` means HTTP.
Policies of the TLS 1.3 family that still speak TLS 1.0 or 1.1 don't count. Protocols that pass traffic through, such
as TCP, end no TLS and are not asked. The classic kind of load balancer knows no TLS 1.3 and no redirect, so its
`listeners` may only pass through.
"""

import re

from guardrails.examples.aws import aws_resource, in_kinds
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.model.values import Unknown
from guardrails.rule import EachObject, Rule, Severity

CLASSIC = "aws:elb/loadBalancer:LoadBalancer"
KINDS = frozenset({"aws:lb/listener:Listener", "aws:alb/listener:Listener", CLASSIC})
LISTENER = "aws:lb/listener:Listener"
MODERN = re.compile(r"ELBSecurityPolicy-TLS13-1-[23]-\S+")
OLD = "does not demand a TLS 1.3 policy"
PLAIN = "serves plain HTTP"


def check(listener: Object) -> Violations:
    """Ask encrypted listeners for their policy, and plain ones for a redirect."""
    if listener.id == CLASSIC:
        yield from _classic(listener)
        return
    said = listener.read("protocol")
    # The provider takes any case, and an application load balancer speaks HTTP unless it is told otherwise. Those that
    # take neither protocol nor port pass packets on.
    protocol = "HTTP" if said is None and listener.read("port") is not None else str(said).upper()
    if protocol in {"HTTPS", "TLS"}:
        policy = listener.read("sslPolicy")
        if not isinstance(policy, str) or not MODERN.fullmatch(policy):
            yield listener.fails(OLD, "sslPolicy")
    elif protocol == "HTTP" and not _redirects(listener):
        yield listener.fails(PLAIN, "defaultActions")


def _classic(balancer: Object) -> Violations:
    """The old kind of load balancer speaks no TLS 1.3 and can't redirect."""
    for listener in balancer.items("listeners"):
        protocol = str(listener.read("lbProtocol")).upper()
        if protocol in {"HTTPS", "SSL"}:
            yield listener.fails(OLD, "lbProtocol")
        elif protocol != "TCP" and not isinstance(listener.peek("lbProtocol"), Unknown):
            yield listener.fails(PLAIN, "lbProtocol")


def _redirects(listener: Object) -> bool:
    actions = list(listener.items("defaultActions"))
    unknown = len(listener.at("defaultActions").elements()) > len(actions)
    targets = [action.read("redirect", "protocol") for action in actions]
    return (bool(actions) or unknown) and all(target == "HTTPS" or isinstance(target, Unknown) for target in targets)


RULE = Rule(
    id="listener-tls",
    title="Load balancers speak TLS 1.3",
    why="Old protocols can be downgraded and read, and plain HTTP can be read by anybody on the way.",
    fix="Set protocol HTTPS with sslPolicy ELBSecurityPolicy-TLS13-1-2-2021-06, or redirect to HTTPS.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:94", "optibid:54", "production:7"),
    kinds=KINDS,
    check=EachObject(check),
    allows={
        "TLS 1.3": aws_resource(LISTENER, protocol="HTTPS", sslPolicy="ELBSecurityPolicy-TLS13-1-2-2021-06"),
        "a redirect": aws_resource(
            LISTENER,
            protocol="HTTP",
            defaultActions=[{"type": "redirect", "redirect": {"protocol": "HTTPS", "statusCode": "HTTP_301"}}],
        ),
        "packets": aws_resource(LISTENER, defaultActions=[{"type": "forward"}]),
        "passed through": aws_resource(LISTENER, protocol="TCP"),
    },
    refuses={
        "unset": bad_example(aws_resource(LISTENER, protocol="HTTPS"), f"Listener shop {OLD}"),
        "null": bad_example(aws_resource(LISTENER, protocol="TLS", sslPolicy=None), f"Listener shop {OLD}"),
        "an old policy": bad_example(
            aws_resource(LISTENER, protocol="HTTPS", sslPolicy="ELBSecurityPolicy-2016-08"), f"Listener shop {OLD}"
        ),
        "TLS 1.0 in new clothes": bad_example(
            aws_resource(LISTENER, protocol="HTTPS", sslPolicy="ELBSecurityPolicy-TLS13-1-0-2021-06"),
            f"Listener shop {OLD}",
        ),
        "plain HTTP": bad_example(
            aws_resource(LISTENER, protocol="HTTP", defaultActions=[{"type": "forward"}]), f"Listener shop {PLAIN}"
        ),
        "plain HTTP in small letters": bad_example(
            aws_resource(LISTENER, protocol="http", defaultActions=[{"type": "forward"}]), f"Listener shop {PLAIN}"
        ),
        "HTTP by default": bad_example(
            aws_resource(LISTENER, port=80, defaultActions=[{"type": "forward"}]), f"Listener shop {PLAIN}"
        ),
        "the old kind": bad_example(
            aws_resource(
                CLASSIC, listeners=[{"lbPort": 80, "lbProtocol": "http"}, {"lbPort": 443, "lbProtocol": "https"}]
            ),
            f"LoadBalancer shop {PLAIN}",
            f"LoadBalancer shop {OLD}",
        ),
        "no action": bad_example(aws_resource(LISTENER, protocol="HTTP"), f"Listener shop {PLAIN}"),
        **in_kinds(bad_example(aws_resource(LISTENER, protocol="HTTPS"), f"Listener shop {OLD}"), KINDS - {CLASSIC}),
    },
)
