"""Every namespace denies all traffic that no policy allows.

A namespace counts if the stack creates it or runs a workload in it. It must have a `NetworkPolicy` whose
`podSelector` is empty, whose `policyTypes` are both Ingress and Egress, and which has no rules. Other policies of the
same namespace may then open what is needed. An unknown elsewhere does not matter once such a policy is known; without
one, each policy that could turn out to be it makes the namespace undecidable. A workload without a namespace lives in
`default`.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from guardrails.examples import a_container, declared, refusal, workload
from guardrails.node import Node
from guardrails.plain import Plain, Unknown
from guardrails.resources import Object, Resource
from guardrails.rule import Faults, Rule, Severity, WholeStack
from guardrails.stack import Stack
from guardrails.workloads import WORKLOADS, pods

NAMESPACE = "core/Namespace"
POLICY = "networking.k8s.io/NetworkPolicy"
WRONG = "has no policy that denies all traffic"


def check(stack: Stack) -> Faults:
    """Name each namespace that is open, once."""
    policies: defaultdict[str | None, list[Object]] = defaultdict(list)
    for found in stack:
        if found.id == POLICY and not found.partial:
            home = found.look("metadata", "namespace") or "default"
            if isinstance(home, str | Unknown):
                policies[home if isinstance(home, str) else None].append(found)
    seen: set[str] = set()
    # A preview's order changes from run to run. Who answers for a namespace does not: itself, else its first workload.
    for found in sorted(stack, key=lambda found: (found.id != NAMESPACE, found.where)):
        keys = _keys(found)
        if keys is None:
            continue
        name = found.at(*keys).plain or (None if found.id == NAMESPACE else "default")
        if not isinstance(name, str):
            yield found.undecided(*keys)
        elif name not in seen:
            seen.add(name)
            whose = "" if found.id == NAMESPACE else f"lives in namespace {name}, which "
            yield from _closed(found, f"{whose}{WRONG}", [*policies.get(name, ()), *policies.get(None, ())])


def _keys(found: Object) -> tuple[str, str] | None:
    """Where an object names the namespace that it calls for; None if it calls for none."""
    if found.id == NAMESPACE:
        return None if found.partial else ("metadata", "name")
    return ("metadata", "namespace") if found.id in WORKLOADS or any(pods(found)) else None


def _closed(found: Object, wrong: str, near: Sequence[Object]) -> Faults:
    """Judge by the policies that live in the namespace, or could."""
    answers = [(policy, _unknowns(policy)) for policy in near if _could_deny_all(policy)]
    if not answers:
        yield found.fails(wrong)
    elif all(unknowns for _, unknowns in answers):
        yield from (place.undecided() for _, unknowns in answers for place in unknowns)


def _unless_unknown(value: Plain, allowed: Sequence[Plain]) -> bool:
    return isinstance(value, Unknown) or value in allowed


def _could_deny_all(policy: Object) -> bool:
    """Nothing that is known of the policy keeps it from denying everything."""
    selector = policy.at("spec", "podSelector").plain
    parts = selector.values() if isinstance(selector, dict) else [selector]
    # An absent selector is none; an absent part of one selects everything.
    selects_all = selector is not None and all(_unless_unknown(part, [None, [], {}]) for part in parts)
    rules = [policy.at("spec", direction).plain for direction in ("ingress", "egress")]
    return selects_all and _could_be_both(policy) and all(_unless_unknown(rule, [None, []]) for rule in rules)


def _could_be_both(policy: Object) -> bool:
    types = policy.at("spec", "policyTypes").plain
    if not isinstance(types, list):
        return isinstance(types, Unknown)
    missing = {"Ingress", "Egress"} - {type_ for type_ in types if isinstance(type_, str)}
    return not missing or Unknown.LATER in types


def _unknowns(policy: Object) -> list[Node]:
    """The places of a policy that decide and can't be read, once each."""
    selector = policy.at("spec", "podSelector")
    places = [policy.at("metadata", "namespace"), selector, *(place for _, place in selector.members())]
    places += [policy.at("spec", field) for field in ("policyTypes", "ingress", "egress")]
    places += policy.at("spec", "policyTypes").elements()
    found = {place.path: place for place in places if isinstance(place.plain, Unknown)}
    return list(found.values())


def _policy(namespace: Plain = "shop", name: str = "deny-all", **changes: Plain) -> Resource:
    spec: dict[str, Plain] = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"], **changes}
    metadata: dict[str, Plain] = {"name": name, "namespace": namespace}
    return declared("kubernetes:networking.k8s.io/v1:NetworkPolicy", name, metadata=metadata, spec=spec)


SHOP = declared("kubernetes:core/v1:Namespace", "shop", namespace=None)
OPEN = f"Namespace shop {WRONG}"
DNS = _policy(name="dns", policyTypes=["Egress"], egress=[{"ports": [{"port": 53, "protocol": "UDP"}]}])

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
    kinds=frozenset({NAMESPACE, POLICY}) | WORKLOADS,
    check=WholeStack(check),
    allows={
        "a closed namespace": (SHOP, _policy()),
        "opened by further policies": (SHOP, DNS, _policy()),
        "empty parts of the selector": (SHOP, _policy(podSelector={"matchLabels": {}, "matchExpressions": []})),
        "a workload in a closed namespace": (*workload(a_container()), _policy(ingress=[], egress=None)),
    },
    refuses={
        "no policy": refusal((SHOP,), OPEN),
        "a policy elsewhere": refusal((SHOP, _policy(namespace="other")), OPEN),
        "one direction": refusal((SHOP, _policy(policyTypes=["Ingress"])), OPEN),
        "unsaid directions": refusal((SHOP, _policy(policyTypes=None)), OPEN),
        "some pods": refusal((SHOP, _policy(podSelector={"matchLabels": {"app": "api"}})), OPEN),
        "no selector": refusal((SHOP, _policy(podSelector=None)), OPEN),
        "a rule that allows": refusal((SHOP, _policy(ingress=[{}])), OPEN),
        "a workload in an open namespace": refusal(
            workload(a_container()), f"Deployment shop/marketplace lives in namespace shop, which {WRONG}"
        ),
        "a patch that could be undone elsewhere": refusal(
            (SHOP, replace(_policy(), type="kubernetes:networking.k8s.io/v1:NetworkPolicyPatch")), OPEN
        ),
        "a foreign controller in an open namespace": refusal(
            (
                declared(
                    "kubernetes:serving.knative.dev/v1:Service",
                    "api",
                    spec={"template": {"spec": {"containers": [a_container()]}}},
                ),
            ),
            f"Service shop/api lives in namespace shop, which {WRONG}",
        ),
        "a workload without a namespace": refusal(
            (declared("kubernetes:core/v1:Pod", "debug", namespace=None, spec={"containers": [a_container()]}),),
            f"Pod debug lives in namespace default, which {WRONG}",
        ),
    },
)
