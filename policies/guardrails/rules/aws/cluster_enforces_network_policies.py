"""A cluster that the stack makes has somebody who enforces its network policies.

It needs the add-on `vpc-cni` with `enableNetworkPolicy` in its `configurationValues`, which are JSON or YAML text. In
EKS Auto Mode (`computeConfig.enabled`) AWS runs the network itself, and there is no add-on to ask for.
"""

import json
import re
from collections.abc import Sequence

from guardrails.amazon import CLUSTER, could_be, lacks_partner, made
from guardrails.examples import refusal
from guardrails.node import Node
from guardrails.plain import Plain, Unknown
from guardrails.resources import Object, Resource
from guardrails.rule import Faults, Rule, Severity, WholeStack

ADDON = "aws:eks/addon:Addon"
WRONG = "has no vpc-cni add-on that enforces network policies"
_YAML = re.compile(r"""^enableNetworkPolicy:\s*["']?true["']?\s*$""", re.MULTILINE)


def check(stack: Sequence[Object]) -> Faults:
    """Find each cluster's add-on."""
    addons = [(found, "clusterName") for found in stack if found.id == ADDON]
    for cluster in stack:
        enabled = cluster.peek("computeConfig", "enabled")
        if cluster.id != CLUSTER or enabled is True:
            continue
        faults = list(lacks_partner(cluster, "name", WRONG, addons, _sound))
        if faults and isinstance(enabled, Unknown):
            yield cluster.undecided("computeConfig", "enabled")
        else:
            yield from faults


def _sound(addon: Object) -> tuple[bool, list[Node]]:
    places = [addon.at("addonName"), addon.at("configurationValues")]
    return could_be(places[0], "vpc-cni") and _enforces(places[1].plain), places


def _enforces(text: Plain) -> bool:
    if not isinstance(text, str):
        return isinstance(text, Unknown)
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return _YAML.search(text) is not None
    return isinstance(values, dict) and values.get("enableNetworkPolicy") in ("true", True)


def _addon(values: Plain = '{"enableNetworkPolicy": "true"}', **changes: Plain) -> tuple[Resource, ...]:
    props: dict[str, Plain] = {"addonName": "vpc-cni", "clusterName": "shop", "configurationValues": values, **changes}
    return made(ADDON, "network", **props)


SHOP = made(CLUSTER, name="shop")

RULE = Rule(
    id="cluster-enforces-network-policies",
    title="Clusters enforce network policies",
    why="Without an enforcer every NetworkPolicy is accepted and none is obeyed.",
    fix='Add an eks.Addon vpc-cni for the cluster with configurationValues {"enableNetworkPolicy": "true"}.',
    severity=Severity.CRITICAL,
    covers=("new-services:209", "go-live-readiness:100", "production:16"),
    kinds=frozenset({CLUSTER, ADDON}),
    check=WholeStack(check),
    allows={
        "text": (*SHOP, *_addon()),
        "a boolean": (*SHOP, *_addon('{"enableNetworkPolicy": true}')),
        "YAML": (*SHOP, *_addon('env:\n  A: "b"\nenableNetworkPolicy: "true"\n')),
        "Auto Mode": made(CLUSTER, name="shop", computeConfig={"enabled": True}),
    },
    refuses={
        "no add-on": refusal(SHOP, f"Cluster shop {WRONG}"),
        "another add-on": refusal((*SHOP, *_addon(addonName="coredns")), f"Cluster shop {WRONG}"),
        "another cluster's": refusal((*SHOP, *_addon(clusterName="other")), f"Cluster shop {WRONG}"),
        "switched off": refusal((*SHOP, *_addon('{"enableNetworkPolicy": "false"}')), f"Cluster shop {WRONG}"),
        "unset": refusal((*SHOP, *_addon(None)), f"Cluster shop {WRONG}"),
        "empty": refusal((*SHOP, *_addon("")), f"Cluster shop {WRONG}"),
    },
)
