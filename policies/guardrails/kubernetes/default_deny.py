"""Which policies isolate every pod of a namespace, so that all is denied that no other policy allows.

Three networks are read: Kubernetes' own `NetworkPolicy`, Cilium's and Calico's. A policy counts for a direction if it
selects every pod and allows nothing there. Of Kubernetes' own, egress rules for port 53 count as nothing: names may be
resolved anywhere. Policies that narrow their pods down by anything else than labels are not followed.
"""

from collections.abc import Callable, Mapping

from guardrails.kubernetes.network_peers import resolves_names
from guardrails.kubernetes.selectors import selects_all
from guardrails.model.answer import NO, YES, Answer, doubtful, either, every, one_of
from guardrails.model.node import Node
from guardrails.model.resources import Object
from guardrails.model.values import Unknown

POLICY = "networking.k8s.io/NetworkPolicy"
CILIUM = frozenset({"cilium.io/CiliumNetworkPolicy", "cilium.io/CiliumClusterwideNetworkPolicy"})
CALICO = frozenset({"projectcalico.org/NetworkPolicy", "projectcalico.org/GlobalNetworkPolicy"})
CLUSTER_WIDE = frozenset({"cilium.io/CiliumClusterwideNetworkPolicy", "projectcalico.org/GlobalNetworkPolicy"})
"""Policies of the whole cluster, which live in no namespace."""
DIRECTIONS = ("ingress", "egress")
EVERY_POD = (None, "", "all()")
"""How Calico says that a selector selects everything."""
_UNSET = (None, False)
ALLOWS_NOTHING = ("Deny", "Log")
"""Actions of Calico's rules that let nothing through."""


def isolates(policy: Object, direction: str) -> Answer:
    """No pod that the policy can select has traffic in a direction (`ingress`, `egress`) unless others allow it."""
    return _READERS[policy.id](policy, direction)


def _native(policy: Object, direction: str) -> Answer:
    spec = policy.at("spec")
    rules = spec.at(direction)
    allowed = resolves_names if direction == "egress" else lambda _: NO
    return selects_all(spec.at("podSelector")) & _covers(spec, "policyTypes", direction) & _every(rules, allowed)


def _cilium(policy: Object, direction: str) -> Answer:
    listed = policy.at("specs")
    if isinstance(listed.plain, Unknown):
        return either([doubtful(listed), _cilium_spec(policy.at("spec"), direction)])
    return either(_cilium_spec(spec, direction) for spec in (policy.at("spec"), *listed.elements()))


def _cilium_spec(spec: Node, direction: str) -> Answer:
    rules, denied = spec.at(direction), spec.at(f"{direction}Deny")
    switched = spec.at("enableDefaultDeny", direction)
    present = either(_holds_some(place) for place in (rules, denied))
    on = doubtful(switched) if isinstance(switched.plain, Unknown) else Answer(possible=switched.plain is not False)
    return selects_all(spec.at("endpointSelector")) & present & on & _every(rules, lambda rule: one_of(rule, {}, None))


def _calico(policy: Object, direction: str) -> Answer:
    spec = policy.at("spec")
    match = YES
    for field in ("selector", "namespaceSelector", "serviceAccountSelector"):
        match = match & one_of(spec.at(field), *EVERY_POD)
    for field in ("preDNAT", "doNotTrack"):
        match = match & one_of(spec.at(field), *_UNSET)
    denies = _every(spec.at(direction), lambda rule: one_of(rule.at("action"), *ALLOWS_NOTHING))
    return match & _covers(spec, "types", direction) & denies


_READERS: Mapping[str, Callable[[Object, str], Answer]] = {
    POLICY: _native,
    **dict.fromkeys(CILIUM, _cilium),
    **dict.fromkeys(CALICO, _calico),
}
POLICIES = frozenset(_READERS)
"""The kinds that are read."""


def _covers(spec: Node, field: str, direction: str) -> Answer:
    """The policy is about a direction: by its types, or where it names none by its rules, ingress being the default."""
    types, egress = spec.at(field), spec.at("egress")
    if types.plain in (None, []):
        if direction == "ingress":
            return YES
        return _holds_some(egress)
    if not isinstance(types.plain, list):
        return doubtful(types)
    return either(one_of(each, direction.capitalize()) for each in types.elements())


def _holds_some(place: Node) -> Answer:
    return doubtful(place) if isinstance(place.plain, Unknown) else Answer(possible=bool(place.plain))


def _every(rules: Node, harmless: Callable[[Node], Answer]) -> Answer:
    """There are no rules, or each of them is harmless."""
    return YES if rules.plain in (None, []) else every(rules, harmless)
