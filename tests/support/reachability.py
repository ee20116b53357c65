"""What NetworkPolicies mean, computed from their text alone: which pod may open a connection to which port.

Written against the Kubernetes documentation of NetworkPolicy and not against the component, so that a test can compare
the two. Knows match labels, address blocks without exceptions, and single ports: what the components write.
"""

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from golive.planning.mock_engine import Planned

Policy = Mapping[str, Any]


@dataclass(frozen=True)
class Pod:
    """A pod, or with an address and no namespace something outside the cluster."""

    name: str
    namespace: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    address: str = ""


def policies(planned: Iterable[Planned]) -> list[Policy]:
    """Pick the NetworkPolicies of a plan."""
    return [resource.inputs for resource in planned if resource.type.endswith(":NetworkPolicy")]


def may_connect(found: Sequence[Policy], source: Pod, target: Pod, port: int, protocol: str = "TCP") -> bool:
    """Tell whether both ends let the connection pass; a pod that no policy selects lets everything pass."""
    return _passes(found, source, target, (port, protocol), "egress") and _passes(
        found, target, source, (port, protocol), "ingress"
    )


def _passes(found: Sequence[Policy], pod: Pod, peer: Pod, port: tuple[int, str], direction: str) -> bool:
    side = {"egress": "to", "ingress": "from"}[direction]
    selecting = [
        policy["spec"]
        for policy in found
        if policy["metadata"]["namespace"] == pod.namespace
        and direction.capitalize() in policy["spec"]["policyTypes"]
        and _has(pod, policy["spec"]["podSelector"])
    ]
    if not selecting:
        return True
    rules = [rule for spec in selecting for rule in spec.get(direction, [])]
    return any(_fits_port(rule, port) and _fits_peer(rule.get(side), peer, pod.namespace) for rule in rules)


def _fits_port(rule: Policy, port: tuple[int, str]) -> bool:
    ports = rule.get("ports")
    return not ports or port in {(entry["port"], entry["protocol"]) for entry in ports}


def _fits_peer(peers: Sequence[Policy] | None, pod: Pod, namespace: str) -> bool:
    return not peers or any(_is(peer, pod, namespace) for peer in peers)


def _is(peer: Policy, pod: Pod, namespace: str) -> bool:
    if "ipBlock" in peer:
        return bool(pod.address) and ipaddress.ip_address(pod.address) in ipaddress.ip_network(peer["ipBlock"]["cidr"])
    if not pod.namespace:
        return False
    if "namespaceSelector" not in peer:
        return pod.namespace == namespace and _has(pod, peer["podSelector"])
    home = Pod(pod.namespace, labels=(("kubernetes.io/metadata.name", pod.namespace),))
    return _has(home, peer["namespaceSelector"]) and _has(pod, peer.get("podSelector", {}))


def _has(pod: Pod, selector: Policy) -> bool:
    unknown = set(selector) - {"matchLabels"}
    assert not unknown, f"this evaluator does not know {unknown}"
    return set(selector.get("matchLabels", {}).items()) <= set(pod.labels)
