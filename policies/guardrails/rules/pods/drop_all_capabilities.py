"""Containers keep no kernel capability, by the meaning of Pod Security `restricted`.

Restricted fields of every container: `securityContext.capabilities.drop` must hold exactly "ALL" (the API server does
not know "all"), and `securityContext.capabilities.add` nothing but "NET_BIND_SERVICE". Windows pods are exempt.
"""

from guardrails.examples.kubernetes import a_container, bad_example, elsewhere, hardened, spoilt, workload
from guardrails.kubernetes.pods import WORKLOADS, Container, Pod
from guardrails.model.findings import Violations
from guardrails.model.values import Unknown
from guardrails.rule import EachPod, Rule, Severity

DROP = ("securityContext", "capabilities", "drop")
ADD = ("securityContext", "capabilities", "add")
KEEPS = "keeps capabilities: its capabilities.drop does not hold ALL"
ADDS = "adds capabilities other than NET_BIND_SERVICE"


def check(pod: Pod) -> Violations:
    """Name each container that keeps or adds a capability."""
    for container in pod.containers:
        keeps, adds = _keeps(container), _adds(container)
        if (keeps or adds) and pod.is_windows:
            continue
        if keeps:
            yield container.fails(KEEPS, *DROP)
        if adds:
            yield container.fails(ADDS, *ADD)


def _keeps(container: Container) -> bool:
    if any(dropped.read() == "ALL" for dropped in container.items(*DROP)):
        return False
    if any(isinstance(dropped.plain, Unknown) for dropped in container.at(*DROP).elements()):
        return False  # it may be ALL; it is on record
    # A patch that drops nothing leaves the list alone; one that names a list replaces it.
    return container.missing(*DROP) or isinstance(container.at(*DROP).plain, list)


def _adds(container: Container) -> bool:
    # The list is read to its end, so that an unknown after a known fault is noted too.
    return any([added.read() != "NET_BIND_SERVICE" for added in container.items(*ADD)])  # noqa: C419 - see above


RULE = Rule(
    id="drop-all-capabilities",
    title="Containers drop all capabilities",
    why="Capabilities are slices of root; the default set alone lets a container forge packets and own files.",
    fix='Set securityContext.capabilities.drop to ["ALL"] and add nothing but NET_BIND_SERVICE.',
    severity=Severity.MEDIUM,
    covers=("production:15", "go-live-readiness:101", "go-live-readiness:16"),
    kinds=WORKLOADS,
    check=EachPod(check),
    allows={
        "all dropped": workload(a_container()),
        "low ports may be bound": workload(hardened(capabilities={"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]})),
        "ALL among others": workload(hardened(capabilities={"drop": ["NET_RAW", "ALL"]})),
        "a Windows pod": workload(hardened(capabilities=None), os={"name": "windows"}),
    },
    refuses={
        "unset": spoilt(hardened(capabilities=None), KEEPS),
        "no security context": spoilt(a_container(securityContext=None), KEEPS),
        "an empty list": spoilt(hardened(capabilities={"drop": []}), KEEPS),
        "lower case": spoilt(hardened(capabilities={"drop": ["all"]}), KEEPS),
        "only some": spoilt(hardened(capabilities={"drop": ["NET_RAW"]}), KEEPS),
        "one added back": spoilt(
            hardened(capabilities={"drop": ["ALL"], "add": ["NET_BIND_SERVICE", "SYS_TIME"]}), ADDS
        ),
        "kept and added": bad_example(
            workload(hardened(capabilities={"add": ["NET_ADMIN"]})),
            f"container 'api' (Deployment shop/marketplace) {KEEPS}",
            f"container 'api' (Deployment shop/marketplace) {ADDS}",
        ),
        **elsewhere(hardened("proxy", capabilities=None), KEEPS),
    },
)
