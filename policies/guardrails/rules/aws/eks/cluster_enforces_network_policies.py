"""A cluster that the stack makes has somebody who enforces its network policies.

It needs the add-on `vpc-cni` with `enableNetworkPolicy` in its `configurationValues`, which are JSON or YAML text. In
EKS Auto Mode (`computeConfig.enabled`) there is no add-on; AWS's own network obeys policies once the cluster has the
ConfigMap `kube-system/amazon-vpc-cni` with `enable-network-policy-controller` true, one for each such cluster.
"""

import json
import re
from collections.abc import Sequence

from guardrails.aws.relations import CLUSTER, could_be, require_companion
from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example, declared
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import Rule, Severity, WholeStack

ADDON = "aws:eks/addon:Addon"
CONFIG = "core/ConfigMap"
SWITCH = "enable-network-policy-controller"
AUTOMATIC = "runs in Auto Mode, whose network obeys no policy before it is told to"
PROBLEM = "has no vpc-cni add-on that enforces network policies"
_YAML = re.compile(r"""^enableNetworkPolicy:\s*["']?true["']?\s*$""", re.MULTILINE)


def check(stack: Sequence[Object]) -> Violations:
    """Find each cluster's add-on."""
    addons = [(obj, "clusterName") for obj in stack if obj.id == ADDON]
    clusters = [obj for obj in stack if obj.id == CLUSTER]
    automatic = [cluster for cluster in clusters if cluster.peek("computeConfig", "enabled") is True]
    yield from _switched(automatic, [_switch_of(obj) for obj in stack if _is_its(obj)])
    for cluster in clusters:
        if cluster in automatic:
            continue
        faults = list(require_companion(cluster, "name", PROBLEM, addons, _sound, sole=False))
        if faults and isinstance(cluster.peek("computeConfig", "enabled"), Unknown):
            yield cluster.undecided("computeConfig", "enabled")
        else:
            yield from faults


def _switched(automatic: Sequence[Object], switches: Sequence[Node]) -> Violations:
    unknown = [switch for switch in switches if isinstance(switch.plain, Unknown)]
    lacking = len(automatic) - len([switch for switch in switches if switch.plain == "true"])
    if lacking > len(unknown):
        yield from (cluster.fails(AUTOMATIC, "computeConfig", "enabled") for cluster in automatic)
    elif lacking > 0:
        yield from (switch.undecided() for switch in unknown)


def _is_its(obj: Object) -> bool:
    named = {"namespace": "kube-system", "name": "amazon-vpc-cni"}
    return obj.id == CONFIG and all(could_be(obj.at("metadata", key), value) for key, value in named.items())


def _switch_of(obj: Object) -> Node:
    """The switch, or what keeps us from knowing that it is one."""
    places = [obj.at("metadata", "namespace"), obj.at("metadata", "name"), obj.at("data", SWITCH)]
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
    return aws_resource(ADDON, "network", **props)


def _switch(on: Plain = "true", name: str = "amazon-vpc-cni") -> tuple[Resource, ...]:
    data: Plain = {SWITCH: on}
    return (declared("kubernetes:core/v1:ConfigMap", name, namespace="kube-system", data=data),)


AUTO = aws_resource(CLUSTER, name="shop", computeConfig={"enabled": True})
SHOP = aws_resource(CLUSTER, name="shop")

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
        "no add-on": bad_example(SHOP, f"Cluster shop {PROBLEM}"),
        "another add-on": bad_example((*SHOP, *_addon(addonName="coredns")), f"Cluster shop {PROBLEM}"),
        "another cluster's": bad_example((*SHOP, *_addon(clusterName="other")), f"Cluster shop {PROBLEM}"),
        "switched off": bad_example((*SHOP, *_addon('{"enableNetworkPolicy": "false"}')), f"Cluster shop {PROBLEM}"),
        "unset": bad_example((*SHOP, *_addon(None)), f"Cluster shop {PROBLEM}"),
        "empty": bad_example((*SHOP, *_addon("")), f"Cluster shop {PROBLEM}"),
        "Auto Mode as it comes": bad_example(AUTO, f"Cluster shop {AUTOMATIC}"),
        "Auto Mode, switched off": bad_example((*AUTO, *_switch("false")), f"Cluster shop {AUTOMATIC}"),
        "Auto Mode, another ConfigMap": bad_example((*AUTO, *_switch(name="cni")), f"Cluster shop {AUTOMATIC}"),
    },
)
