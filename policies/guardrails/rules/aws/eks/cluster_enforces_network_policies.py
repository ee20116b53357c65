"""A cluster that the stack makes has somebody who enforces its network policies.

It needs the add-on `vpc-cni` with `enableNetworkPolicy` in its `configurationValues`, which are JSON or YAML text. In
EKS Auto Mode (`computeConfig.enabled`) there is no add-on; AWS's own network obeys policies once the cluster has the
ConfigMap `kube-system/amazon-vpc-cni` with `enable-network-policy-controller` true, one for each such cluster.
"""

import json
import re
from collections.abc import Sequence

from guardrails.aws.relations import CLUSTER, could_be, lacks_partner
from guardrails.examples.aws import made
from guardrails.examples.kubernetes import declared, refusal
from guardrails.model.findings import Faults
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import Rule, Severity, WholeStack

ADDON = "aws:eks/addon:Addon"
CONFIG = "core/ConfigMap"
SWITCH = "enable-network-policy-controller"
AUTOMATIC = "runs in Auto Mode, whose network obeys no policy before it is told to"
WRONG = "has no vpc-cni add-on that enforces network policies"
_YAML = re.compile(r"""^enableNetworkPolicy:\s*["']?true["']?\s*$""", re.MULTILINE)


def check(stack: Sequence[Object]) -> Faults:
    """Find each cluster's add-on."""
    addons = [(found, "clusterName") for found in stack if found.id == ADDON]
    clusters = [found for found in stack if found.id == CLUSTER]
    automatic = [cluster for cluster in clusters if cluster.peek("computeConfig", "enabled") is True]
    yield from _switched(automatic, [_switch_of(found) for found in stack if _is_its(found)])
    for cluster in clusters:
        if cluster in automatic:
            continue
        faults = list(lacks_partner(cluster, "name", WRONG, addons, _sound, sole=False))
        if faults and isinstance(cluster.peek("computeConfig", "enabled"), Unknown):
            yield cluster.undecided("computeConfig", "enabled")
        else:
            yield from faults


def _switched(automatic: Sequence[Object], switches: Sequence[Node]) -> Faults:
    unknown = [switch for switch in switches if isinstance(switch.plain, Unknown)]
    lacking = len(automatic) - len([switch for switch in switches if switch.plain == "true"])
    if lacking > len(unknown):
        yield from (cluster.fails(AUTOMATIC, "computeConfig", "enabled") for cluster in automatic)
    elif lacking > 0:
        yield from (switch.undecided() for switch in unknown)


def _is_its(found: Object) -> bool:
    named = {"namespace": "kube-system", "name": "amazon-vpc-cni"}
    return found.id == CONFIG and all(could_be(found.at("metadata", key), value) for key, value in named.items())


def _switch_of(found: Object) -> Node:
    """The switch, or what keeps us from knowing that it is one."""
    places = [found.at("metadata", "namespace"), found.at("metadata", "name"), found.at("data", SWITCH)]
    return next((place for place in places if isinstance(place.plain, Unknown)), places[-1])


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


def _switch(on: Plain = "true", name: str = "amazon-vpc-cni") -> tuple[Resource, ...]:
    data: Plain = {SWITCH: on}
    return (declared("kubernetes:core/v1:ConfigMap", name, namespace="kube-system", data=data),)


AUTO = made(CLUSTER, name="shop", computeConfig={"enabled": True})
SHOP = made(CLUSTER, name="shop")

RULE = Rule(
    id="cluster-enforces-network-policies",
    title="Clusters enforce network policies",
    why="Without an enforcer every NetworkPolicy is accepted and none is obeyed.",
    fix='Add an eks.Addon vpc-cni for the cluster with configurationValues {"enableNetworkPolicy": "true"}; in Auto '
    'Mode a ConfigMap kube-system/amazon-vpc-cni with enable-network-policy-controller "true".',
    severity=Severity.CRITICAL,
    covers=("new-services:209", "go-live-readiness:100", "production:16"),
    kinds=frozenset({CLUSTER, ADDON, CONFIG}),
    check=WholeStack(check),
    allows={
        "text": (*SHOP, *_addon()),
        "a boolean": (*SHOP, *_addon('{"enableNetworkPolicy": true}')),
        "YAML": (*SHOP, *_addon('env:\n  A: "b"\nenableNetworkPolicy: "true"\n')),
        "Auto Mode": (*AUTO, *_switch()),
    },
    refuses={
        "no add-on": refusal(SHOP, f"Cluster shop {WRONG}"),
        "another add-on": refusal((*SHOP, *_addon(addonName="coredns")), f"Cluster shop {WRONG}"),
        "another cluster's": refusal((*SHOP, *_addon(clusterName="other")), f"Cluster shop {WRONG}"),
        "switched off": refusal((*SHOP, *_addon('{"enableNetworkPolicy": "false"}')), f"Cluster shop {WRONG}"),
        "unset": refusal((*SHOP, *_addon(None)), f"Cluster shop {WRONG}"),
        "empty": refusal((*SHOP, *_addon("")), f"Cluster shop {WRONG}"),
        "Auto Mode as it comes": refusal(AUTO, f"Cluster shop {AUTOMATIC}"),
        "Auto Mode, switched off": refusal((*AUTO, *_switch("false")), f"Cluster shop {AUTOMATIC}"),
        "Auto Mode, another ConfigMap": refusal((*AUTO, *_switch(name="cni")), f"Cluster shop {AUTOMATIC}"),
    },
)
