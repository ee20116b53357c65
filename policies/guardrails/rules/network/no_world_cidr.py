"""Policies open no range of addresses that is wider than a private one.

Field: `ipBlock.cidr` of each peer under `spec.ingress[].from` and `spec.egress[].to` of a `NetworkPolicy`. Refused are
IPv4 ranges wider than /8 and IPv6 ranges wider than /12 that are not private, `0.0.0.0/0` and `::/0` first of all, and
what is no range. IPv6 holds all of IPv4 in `::ffff:0:0/96` and, behind a NAT64, in `64:ff9b::/96`. An `except` takes
single ranges out and leaves the rest of the world in, so it does not help.
"""

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.model.cidr import is_world, network
from guardrails.model.findings import Violations
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
NONE = "has an ipBlock without a range of addresses"


def check(policy: Object) -> Violations:
    """Name each range that is the world, or close to it."""
    for direction, side in (("ingress", "from"), ("egress", "to")):
        for rule in policy.items("spec", direction):
            for peer in rule.items(side):
                if peer.read("ipBlock") is None:
                    continue
                cidr = peer.read("ipBlock", "cidr")
                if not isinstance(cidr, Unknown) and (problem := _wrong(cidr)):
                    yield peer.fails(problem, "ipBlock", "cidr")


def _wrong(cidr: object) -> str:
    cidr_network = network(cidr)
    if cidr_network is None:
        return NONE
    return f"opens {cidr_network}" if is_world(cidr) else ""


def _policy(cidr: Plain, *, direction: str = "egress", but: Plain = None) -> tuple[Resource, ...]:
    peer: Plain = {"ipBlock": {"cidr": cidr, "except": but}}
    rules: list[Plain] = [{"from" if direction == "ingress" else "to": [peer]}]
    return (declared(POLICY, "api", spec={"podSelector": {}, direction: rules}),)


RULE = Rule(
    id="no-world-cidr",
    title="Network policies do not open the whole Internet",
    why="A range as wide as the world is no policy: data may leave to anybody, and anybody may come in.",
    fix="Name the narrowest range that holds the peer, as stores.<store>.cidrs does, or go through the egress proxy.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:97", "production:17", "production:16", "optibid:73", "optibid:74"),
    kinds=frozenset({"networking.k8s.io/NetworkPolicy"}),
    check=EachObject(check),
    allows={
        "a subnet": _policy("10.20.64.0/20"),
        "the widest private range": _policy("10.0.0.0/8"),
        "the widest private range of IPv6": _policy("fc00::/7"),
        "one owner's range": _policy("2600:1f00::/24"),
        "one address through NAT64": _policy("64:ff9b::c612:1/128"),
        "IPv6": _policy("fd00:10::/32", direction="ingress"),
        "selectors": (declared(POLICY, "api", spec={"podSelector": {}, "ingress": [{"from": [{"podSelector": {}}]}]}),),
    },
    refuses={
        "the world": bad_example(_policy("0.0.0.0/0"), "NetworkPolicy shop/api opens 0.0.0.0/0"),
        "the world comes in": bad_example(
            _policy("0.0.0.0/0", direction="ingress"), "NetworkPolicy shop/api opens 0.0.0.0/0"
        ),
        "the world of IPv6": bad_example(_policy("::/0"), "NetworkPolicy shop/api opens ::/0"),
        "the public part of IPv6": bad_example(_policy("2000::/3"), "NetworkPolicy shop/api opens 2000::/3"),
        "IPv4 through NAT64": bad_example(_policy("64:ff9b::/96"), "NetworkPolicy shop/api opens 64:ff9b::/96"),
        "IPv4, mapped": bad_example(_policy("::ffff:0:0/97"), "NetworkPolicy shop/api opens ::ffff:0:0/97"),
        "the world but one address": bad_example(
            _policy("0.0.0.0/0", but=["169.254.169.254/32"]), "NetworkPolicy shop/api opens 0.0.0.0/0"
        ),
        "half of it": bad_example(_policy("128.0.0.0/1"), "NetworkPolicy shop/api opens 128.0.0.0/1"),
        "no range": bad_example(_policy(""), f"NetworkPolicy shop/api {NONE}"),
        "missing": bad_example(_policy(None), f"NetworkPolicy shop/api {NONE}"),
    },
)
