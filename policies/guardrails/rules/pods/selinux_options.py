"""Nobody leaves the SELinux domain of containers, by the meaning of Pod Security `baseline` and `restricted`.

Restricted fields of the pod and of every container: `securityContext.seLinuxOptions.type` must be unset, empty or a
type made for containers; `seLinuxOptions.user` and `seLinuxOptions.role` must be unset or empty. The level is free.
"""

from guardrails.examples.kubernetes import a_container, bad_example, elsewhere, hardened, spoilt, workload
from guardrails.kubernetes.pods import WORKLOADS, Pod
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.rule import EachPod, Rule, Severity

OPTIONS = ("securityContext", "seLinuxOptions")
TYPES = ("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t")
TYPE = "has an SELinux type that is not for containers"
USER = "sets an SELinux user"
ROLE = "sets an SELinux role"


def check(pod: Pod) -> Violations:
    """Name the pod and each container that picks a label of its own."""
    yield from _labels(pod)
    for container in pod.containers:
        yield from _labels(container)


def _labels(place: Node) -> Violations:
    if place.differs_from(*OPTIONS, "type", than=TYPES):
        yield place.fails(TYPE, *OPTIONS, "type")
    for field, problem in (("user", USER), ("role", ROLE)):
        if place.differs_from(*OPTIONS, field, than=("",)):
            yield place.fails(problem, *OPTIONS, field)


RULE = Rule(
    id="selinux-options",
    title="Containers keep their SELinux labels",
    why="Another type, user or role lifts a container out of the domain that keeps it from the node's files.",
    fix="Remove seLinuxOptions, or set only its level and a type made for containers.",
    severity=Severity.MEDIUM,
    covers=("production:15", "go-live-readiness:101", "go-live-readiness:16"),
    kinds=WORKLOADS,
    check=EachPod(check),
    allows={
        "unset": workload(a_container()),
        "a type for containers": workload(hardened(seLinuxOptions={"type": "container_t", "level": "s0:c1,c2"})),
        "empty words": workload(
            a_container(), securityContext={"seLinuxOptions": {"type": "", "user": "", "role": ""}}
        ),
        "an engine in a container": workload(hardened(seLinuxOptions={"type": "container_engine_t"})),
    },
    refuses={
        "another type": spoilt(hardened(seLinuxOptions={"type": "spc_t"}), TYPE),
        "a user": spoilt(hardened(seLinuxOptions={"user": "system_u"}), USER),
        "a role": spoilt(hardened(seLinuxOptions={"type": "container_t", "role": "system_r"}), ROLE),
        "the pod": bad_example(
            workload(a_container(), securityContext={"seLinuxOptions": {"type": "spc_t", "user": "system_u"}}),
            f"Deployment shop/marketplace {TYPE}",
            f"Deployment shop/marketplace {USER}",
        ),
        **elsewhere(hardened("proxy", seLinuxOptions={"type": "spc_t"}), TYPE),
    },
)
