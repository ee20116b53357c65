"""Policies open no range of addresses that is wider than a private one.

Field: `ipBlock.cidr` of each peer under `spec.ingress[].from` and `spec.egress[].to` of a `NetworkPolicy`. Refused are
IPv4 ranges wider than /8 and IPv6 ranges wider than /7, `0.0.0.0/0` and `::/0` first of all, and what is no range. An
`except` takes single ranges out and leaves the rest of the world in, so it does not help.
"""

from ipaddress import ip_network

from guardrails.examples import declared, refusal
from guardrails.plain import Plain, Unknown
from guardrails.resources import Object, Resource
from guardrails.rule import EachObject, Faults, Rule, Severity

POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
WIDEST = {4: 8, 6: 7}
"""The shortest prefix that is allowed, by IP version: those of 10.0.0.0/8 and fc00::/7."""
NONE = "has an ipBlock without a range of addresses"


def check(policy: Object) -> Faults:
    """Name each range that is the world, or close to it."""
    for direction, side in (("ingress", "from"), ("egress", "to")):
        for rule in policy.items("spec", direction):
            for peer in rule.items(side):
                if peer.read("ipBlock") is None:
                    continue
                cidr = peer.read("ipBlock", "cidr")
                if not isinstance(cidr, Unknown) and (wrong := _wrong(cidr)):
                    yield peer.fails(wrong, "ipBlock", "cidr")


def _wrong(cidr: object) -> str:
    try:
        network = ip_network(cidr if isinstance(cidr, str) else "", strict=False)
    except ValueError:
        return NONE
    return f"opens {network}" if network.prefixlen < WIDEST[network.version] else ""


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
        "IPv6": _policy("fd00:10::/32", direction="ingress"),
        "selectors": (declared(POLICY, "api", spec={"podSelector": {}, "ingress": [{"from": [{"podSelector": {}}]}]}),),
    },
    refuses={
        "the world": refusal(_policy("0.0.0.0/0"), "NetworkPolicy shop/api opens 0.0.0.0/0"),
        "the world comes in": refusal(
            _policy("0.0.0.0/0", direction="ingress"), "NetworkPolicy shop/api opens 0.0.0.0/0"
        ),
        "the world of IPv6": refusal(_policy("::/0"), "NetworkPolicy shop/api opens ::/0"),
        "the world but one address": refusal(
            _policy("0.0.0.0/0", but=["169.254.169.254/32"]), "NetworkPolicy shop/api opens 0.0.0.0/0"
        ),
        "half of it": refusal(_policy("128.0.0.0/1"), "NetworkPolicy shop/api opens 128.0.0.0/1"),
        "no range": refusal(_policy(""), f"NetworkPolicy shop/api {NONE}"),
        "missing": refusal(_policy(None), f"NetworkPolicy shop/api {NONE}"),
    },
)
