"""Containers cannot write to their own image.

Field: `securityContext.readOnlyRootFilesystem` of every container must be true; there is no such field on the pod.
Windows pods are exempt: their API server refuses the field.
"""

from guardrails.examples.kubernetes import a_container, elsewhere, hardened, spoilt, workload
from guardrails.kubernetes.pods import WORKLOADS, Pod
from guardrails.model.findings import Violations
from guardrails.rule import EachPod, Rule, Severity

FIELD = ("securityContext", "readOnlyRootFilesystem")
PROBLEM = "can write to its root file system: its readOnlyRootFilesystem is not true"


def check(pod: Pod) -> Violations:
    """Name each container whose root file system can be written."""
    for container in pod.containers:
        if container.is_not(*FIELD, value=True) and not pod.is_windows:
            yield container.fails(PROBLEM, *FIELD)


RULE = Rule(
    id="read-only-root-filesystem",
    title="Containers cannot write to their image",
    why="Whoever breaks in can't plant a program, and a restart brings back exactly what was released.",
    fix="Set securityContext.readOnlyRootFilesystem to true and mount an emptyDir where the program writes.",
    severity=Severity.MEDIUM,
    covers=("production:15", "go-live-readiness:101", "go-live-readiness:16"),
    kinds=WORKLOADS,
    check=EachPod(check),
    allows={
        "true": workload(a_container()),
        "init containers too": workload(a_container(), initContainers=[a_container("migrate")]),
        "a Windows pod": workload(hardened(readOnlyRootFilesystem=None), os={"name": "windows"}),
    },
    refuses={
        "unset": spoilt(hardened(readOnlyRootFilesystem=None), PROBLEM),
        "a number is no boolean": spoilt(hardened(readOnlyRootFilesystem=1), PROBLEM),
        "false": spoilt(hardened(readOnlyRootFilesystem=False), PROBLEM),
        "no security context": spoilt(a_container(securityContext=None), PROBLEM),
        **elsewhere(hardened("proxy", readOnlyRootFilesystem=None), PROBLEM),
    },
)
