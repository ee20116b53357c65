"""Every container runs under a seccomp profile, by the meaning of Pod Security `restricted`.

Restricted fields: `securityContext.seccompProfile.type` of each container must be "RuntimeDefault" or "Localhost",
said by itself or by its pod, and nothing else anywhere. "Localhost" needs a `localhostProfile`. Unset means
unconfined. Windows pods are exempt: their API server refuses the field.
"""

from guardrails.examples.kubernetes import a_container, bad_example, elsewhere, hardened, spoilt, workload
from guardrails.kubernetes.pods import WORKLOADS, Pod
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.rule import EachPod, Rule, Severity

PROFILE = ("securityContext", "seccompProfile")
TYPE = (*PROFILE, "type")
FILE = (*PROFILE, "localhostProfile")
SAFE = ("RuntimeDefault", "Localhost")
LOOSE = "is not confined: its seccompProfile is neither RuntimeDefault nor Localhost"
NAMELESS = "is not confined: its seccompProfile is Localhost and names no localhostProfile"
SILENT = "names no seccompProfile, nor does its pod"


def check(pod: Pod) -> Violations:
    """Name the pod and each container that is not confined, or leaves it open."""
    told = pod.read(*PROFILE) is not None
    if _is_loose(pod) and not pod.is_windows:
        yield pod.fails(LOOSE, *TYPE)
    for place in (pod, *pod.containers):
        if place.read(*TYPE) == "Localhost" and place.read(*FILE) in {None, ""} and not pod.is_windows:
            yield place.fails(NAMELESS, *FILE)
    for container in pod.containers:
        # A pod's profile that is wrong or unknown is a fault of the pod, and said once.
        silent = container.missing(*PROFILE) and not told
        if silent and not pod.is_windows:
            yield container.fails(SILENT, *PROFILE)
        elif _is_loose(container) and not pod.is_windows:
            yield container.fails(LOOSE, *TYPE)


def _is_loose(place: Node) -> bool:
    if place.read(*PROFILE) is None:
        return False
    return place.missing(*TYPE) or place.differs_from(*TYPE, than=SAFE)


RULE = Rule(
    id="seccomp-profile",
    title="Containers run under a seccomp profile",
    why="Unconfined, a container may ask the kernel for anything, and most ways out of one start with a rare call.",
    fix="Set securityContext.seccompProfile.type to RuntimeDefault on the pod.",
    severity=Severity.MEDIUM,
    covers=("production:15", "go-live-readiness:101", "go-live-readiness:16"),
    kinds=WORKLOADS,
    check=EachPod(check),
    allows={
        "the container's word": workload(a_container()),
        "the pod's word for a silent container": workload(
            hardened(seccompProfile=None), securityContext={"seccompProfile": {"type": "RuntimeDefault"}}
        ),
        "a profile of the node": workload(
            hardened(seccompProfile={"type": "Localhost", "localhostProfile": "profiles/api.json"})
        ),
        "a Windows pod": workload(hardened(seccompProfile=None), os={"name": "windows"}),
    },
    refuses={
        "nobody says so": spoilt(hardened(seccompProfile=None), SILENT),
        "a profile of the node without its name": spoilt(hardened(seccompProfile={"type": "Localhost"}), NAMELESS),
        "no security context": spoilt(a_container(securityContext=None), SILENT),
        "unconfined": spoilt(hardened(seccompProfile={"type": "Unconfined"}), LOOSE),
        "a profile without a type": spoilt(hardened(seccompProfile={}), LOOSE),
        "a wrong case": spoilt(hardened(seccompProfile={"type": "runtimeDefault"}), LOOSE),
        "the container contradicts its pod": bad_example(
            workload(
                hardened(seccompProfile={"type": "Unconfined"}),
                securityContext={"seccompProfile": {"type": "RuntimeDefault"}},
            ),
            f"container 'api' (Deployment shop/marketplace) {LOOSE}",
        ),
        "the pod is unconfined": bad_example(
            workload(hardened(seccompProfile=None), securityContext={"seccompProfile": {"type": "Unconfined"}}),
            f"Deployment shop/marketplace {LOOSE}",
        ),
        **elsewhere(hardened("proxy", seccompProfile=None), SILENT),
    },
)
