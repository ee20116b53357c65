"""Whom a network policy's rules name."""

from collections.abc import Callable

from guardrails.model.answer import NO, Answer, every, one_of
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object
from guardrails.model.values import Unknown

DNS = 53


def names_peers(
    policy: Object, direction: str, side: str, problem: str, may_name_nobody: Callable[[Node], Answer] = lambda _: NO
) -> Violations:
    """A fault for each rule of a direction that names no peer on its `side`, and for each peer that is nobody."""
    for rule in policy.items("spec", direction):
        peers = rule.at(side)
        if isinstance(rule.read(side), Unknown):
            continue
        if peers.plain in (None, []):
            match = may_name_nobody(rule)
            yield from (doubt.undecided() for doubt in match.doubts)
            if not match.possible:
                yield rule.fails(problem, side)
        for peer in peers.items():
            if peer.plain in (None, {}):
                yield peer.fails(problem)


def resolves_names(rule: Node) -> Answer:
    """An egress rule of a `NetworkPolicy` names ports, and all of them are 53."""
    return every(rule.at("ports"), lambda port: one_of(port.at("port"), DNS) & one_of(port.at("endPort"), None, DNS))
