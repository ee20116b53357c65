"""Every namespace denies all traffic that no policy allows.

A namespace counts if the stack creates it or runs a workload in it. For ingress and for egress there must be a policy
that isolates every pod, one for both or one for each: a `NetworkPolicy` whose `podSelector` is empty, whose
`policyTypes` hold the direction, and which has no rules for it, but for names (port 53). Cilium's policies count with
an empty `endpointSelector` and the rule `{}`, Calico's with `selector: all()` and no rules but `Deny`; those of the
whole cluster count for every namespace. Other policies may then open what is needed. An unknown elsewhere does not
matter once such a policy is known; without one, each policy that could turn out to be it makes the namespace
undecidable. A workload without a namespace lives in `default`.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from guardrails.examples.kubernetes import a_container, bad_example, declared, workload
from guardrails.kubernetes.default_deny import CLUSTER_WIDE, DIRECTIONS, POLICIES, isolates
from guardrails.kubernetes.inventory import Inventory
from guardrails.kubernetes.pods import WORKLOADS, pods
from guardrails.model.answer import YES, Answer, doubtful, either
from guardrails.model.findings import Violations
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain
from guardrails.rule import Rule, Severity, WholeStack

NAMESPACE = "core/Namespace"
PROBLEM = "has no policy that denies all traffic"


def check(stack: Inventory) -> Violations:
    """Name each namespace that is open, once."""
    policies = _Policies(stack)
    seen: set[str] = set()
    # A preview's order changes from run to run. Who answers for a namespace does not: itself, else its first workload.
    for obj in sorted(stack, key=lambda obj: (obj.id != NAMESPACE, obj.where)):
        keys = _keys(obj)
        if keys is None:
            continue
        name = obj.at(*keys).plain or (None if obj.id == NAMESPACE else "default")
        if not isinstance(name, str):
            yield obj.undecided(*keys)
        elif name not in seen:
            seen.add(name)
            whose = "" if obj.id == NAMESPACE else f"lives in namespace {name}, which "
            yield from _closed(obj, whose, policies.of(name))


class _Policies:
    """What isolates pods, by namespace and direction."""

    def __init__(self, stack: Inventory) -> None:
        self._by_home: defaultdict[str | None, list[tuple[str, Answer]]] = defaultdict(list)
        for policy in stack.of(*sorted(POLICIES)):
            place = policy.at("metadata", "namespace")
            name = None if policy.id in CLUSTER_WIDE else place.plain or "default"
            home = name if isinstance(name, str) else None
            match = YES if home == name else doubtful(place)
            for direction in DIRECTIONS:
                self._by_home[home].append((direction, match & isolates(policy, direction)))

    def of(self, namespace: str) -> dict[str, Answer]:
        """Whether a namespace is isolated in each direction."""
        near = [*self._by_home.get(namespace, ()), *self._by_home.get(None, ())]
        return {way: either(match for direction, match in near if direction == way) for way in DIRECTIONS}


def _keys(obj: Object) -> tuple[str, str] | None:
    """Where an object names the namespace that it calls for; None if it calls for none."""
    if obj.id == NAMESPACE:
        return None if obj.partial else ("metadata", "name")
    return ("metadata", "namespace") if obj.id in WORKLOADS or any(pods(obj)) else None


def _closed(obj: Object, whose: str, isolated: dict[str, Answer]) -> Violations:
    open_ = [direction for direction, match in isolated.items() if not match.possible]
    if open_:
        yield obj.fails(f"{whose}{_wrong(open_)}")
        return
    doubts = {(doubt.urn, doubt.path): doubt for match in isolated.values() for doubt in match.doubts}
    yield from (doubt.undecided() for doubt in doubts.values())


def _wrong(directions: Iterable[str]) -> str:
    ways = tuple(directions)
    return PROBLEM if ways == DIRECTIONS else f"has no policy that denies all {ways[0]}"


def _policy(namespace: Plain = "shop", name: str = "deny-all", **changes: Plain) -> Resource:
    spec: dict[str, Plain] = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"], **changes}
    metadata: dict[str, Plain] = {"name": name, "namespace": namespace}
    return declared("kubernetes:networking.k8s.io/v1:NetworkPolicy", name, metadata=metadata, spec=spec)


def _foreign(kind: str, spec: Plain, namespace: Plain = "shop") -> Resource:
    metadata: Plain = {"name": "deny-all", "namespace": namespace}
    return declared(f"kubernetes:{kind}", "deny-all", metadata=metadata, spec=spec)


CILIUM, CALICO = "cilium.io/v2:Cilium", "projectcalico.org/v3:"
NOTHING: dict[str, Plain] = {"endpointSelector": {}, "ingress": [{}], "egress": [{}]}
BOTH: dict[str, Plain] = {"selector": "all()", "types": ["Ingress", "Egress"]}
SHOP = declared("kubernetes:core/v1:Namespace", "shop", namespace=None)
OPEN = f"Namespace shop {PROBLEM}"
NO_INGRESS, NO_EGRESS = (f"Namespace shop has no policy that denies all {way}" for way in DIRECTIONS)
NAMES: Plain = [{"ports": [{"port": 53, "protocol": "UDP"}]}]
DNS = _policy(name="dns", policyTypes=["Egress"], egress=NAMES)

RULE = Rule(
    id="namespace-default-deny",
    title="Namespaces deny all traffic by default",
    why="Without a default every pod can reach every other, and one broken service opens the whole platform.",
    fix="Add a NetworkPolicy to the namespace with podSelector {}, policyTypes [Ingress, Egress] and no rules.",
    severity=Severity.HIGH,
    covers=(
        "new-services:36",
        "new-services:209",
        "production:16",
        "signal-service-v2:33",
        "go-live-readiness:16",
        "go-live-readiness:100",
    ),
    kinds=frozenset({NAMESPACE}) | POLICIES | WORKLOADS,
    check=WholeStack(check),
    allows={
        "a closed namespace": (SHOP, _policy()),
        "opened by further policies": (SHOP, DNS, _policy()),
        "empty parts of the selector": (SHOP, _policy(podSelector={"matchLabels": {}, "matchExpressions": []})),
        "a policy for each direction": (
            SHOP,
            _policy(policyTypes=["Ingress"]),
            _policy(name="deny-egress", policyTypes=["Egress"]),
        ),
        "ingress where no type is said": (SHOP, _policy(policyTypes=None), _policy(name="out", policyTypes=["Egress"])),
        "everything but names": (SHOP, _policy(egress=NAMES)),
        "Cilium": (SHOP, _foreign(f"{CILIUM}NetworkPolicy", NOTHING)),
        "Cilium in the whole cluster": (SHOP, _foreign(f"{CILIUM}ClusterwideNetworkPolicy", NOTHING, None)),
        "Cilium in parts": (
            SHOP,
            declared(
                f"kubernetes:{CILIUM}NetworkPolicy",
                "deny-all",
                specs=[{"endpointSelector": {}, "ingress": [{}]}, {"endpointSelector": {}, "egress": [{}]}],
            ),
        ),
        "Calico": (SHOP, _foreign(f"{CALICO}NetworkPolicy", BOTH)),
        "Calico in the whole cluster": (SHOP, _foreign(f"{CALICO}GlobalNetworkPolicy", BOTH, None)),
        "a workload in a closed namespace": (*workload(a_container()), _policy(ingress=[], egress=None)),
    },
    refuses={
        "no policy": bad_example((SHOP,), OPEN),
        "a policy elsewhere": bad_example((SHOP, _policy(namespace="other")), OPEN),
        "one direction": bad_example((SHOP, _policy(policyTypes=["Ingress"])), NO_EGRESS),
        "the other direction": bad_example((SHOP, _policy(policyTypes=["Egress"])), NO_INGRESS),
        "unsaid directions": bad_example((SHOP, _policy(policyTypes=None)), NO_EGRESS),
        "each direction elsewhere": bad_example(
            (SHOP, _policy(policyTypes=["Ingress"]), _policy("other", policyTypes=["Egress"])), NO_EGRESS
        ),
        "some pods": bad_example((SHOP, _policy(podSelector={"matchLabels": {"app": "api"}})), OPEN),
        "no selector": bad_example((SHOP, _policy(podSelector=None)), OPEN),
        "a rule that allows": bad_example((SHOP, _policy(ingress=[{}])), NO_INGRESS),
        "names and another port": bad_example(
            (SHOP, _policy(egress=[{"ports": [{"port": 53}, {"port": 443}]}])), NO_EGRESS
        ),
        "a range of ports from that of names on": bad_example(
            (SHOP, _policy(egress=[{"ports": [{"port": 53, "endPort": 443}]}])), NO_EGRESS
        ),
        "Cilium without a rule": bad_example(
            (SHOP, _foreign(f"{CILIUM}NetworkPolicy", {"endpointSelector": {}, "ingress": [], "egress": [{}]})),
            NO_INGRESS,
        ),
        "Cilium with the default switched off": bad_example(
            (SHOP, _foreign(f"{CILIUM}NetworkPolicy", {**NOTHING, "enableDefaultDeny": {"egress": False}})), NO_EGRESS
        ),
        "Cilium for some pods": bad_example(
            (
                SHOP,
                _foreign(f"{CILIUM}NetworkPolicy", {**NOTHING, "endpointSelector": {"matchLabels": {"app": "api"}}}),
            ),
            OPEN,
        ),
        "Calico for some pods": bad_example(
            (SHOP, _foreign(f"{CALICO}NetworkPolicy", {**BOTH, "selector": "app == 'api'"})), OPEN
        ),
        "Calico with a rule that allows": bad_example(
            (SHOP, _foreign(f"{CALICO}NetworkPolicy", {**BOTH, "egress": [{"action": "Allow"}]})), NO_EGRESS
        ),
        "a workload in an open namespace": bad_example(
            workload(a_container()), f"Deployment shop/marketplace lives in namespace shop, which {PROBLEM}"
        ),
        "a patch that could be undone elsewhere": bad_example(
            (SHOP, replace(_policy(), type="kubernetes:networking.k8s.io/v1:NetworkPolicyPatch")), OPEN
        ),
        "a foreign controller in an open namespace": bad_example(
            (
                declared(
                    "kubernetes:serving.knative.dev/v1:Service",
                    "api",
                    spec={"template": {"spec": {"containers": [a_container()]}}},
                ),
            ),
            f"Service shop/api lives in namespace shop, which {PROBLEM}",
        ),
        "a workload without a namespace": bad_example(
            (declared("kubernetes:core/v1:Pod", "debug", namespace=None, spec={"containers": [a_container()]}),),
            f"Pod debug lives in namespace default, which {PROBLEM}",
        ),
    },
)
