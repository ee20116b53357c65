"""Whom a network policy's rules name."""

from collections.abc import Callable

from guardrails.node import Node
from guardrails.plain import Unknown
from guardrails.resources import Object
from guardrails.rule import Faults


def names_peers(
    policy: Object, direction: str, side: str, wrong: str, may_name_nobody: Callable[[Node], bool] = lambda _: False
) -> Faults:
    """A fault for each rule of a direction that names no peer on its `side`, and for each peer that is nobody."""
    for rule in policy.items("spec", direction):
        peers = rule.at(side)
        if isinstance(rule.read(side), Unknown):
            continue
        if peers.plain in (None, []) and not may_name_nobody(rule):
            yield rule.fails(wrong, side)
        for peer in peers.items():
            if peer.plain in (None, {}):
                yield peer.fails(wrong)
