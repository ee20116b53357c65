"""No pod can reach the container runtime of its node.

Field: `volumes[*].hostPath.path` must be no socket of a runtime and no directory that holds one. `no-host-path`
refuses these volumes as well; this rule says how much worse they are, and a waiver of that rule doesn't cover them.
"""

from posixpath import normpath

from guardrails.examples.kubernetes import a_container, bad_example, workload
from guardrails.kubernetes.pods import WORKLOADS, Pod
from guardrails.model.findings import Violations
from guardrails.rule import EachPod, Rule, Severity

SOCKETS = tuple(
    f"{run}/{socket}"
    for run in ("/run", "/var/run")
    for socket in (
        "docker.sock",
        "dockershim.sock",
        "cri-dockerd.sock",
        "containerd/containerd.sock",
        "k3s/containerd/containerd.sock",
        "crio/crio.sock",
        "podman/podman.sock",
    )
)
PIPES = frozenset({r"\\.\pipe\docker_engine", r"\\.\pipe\containerd-containerd"})


def check(pod: Pod) -> Violations:
    """Name each volume that leads to a runtime."""
    for volume in pod.items("volumes"):
        path = volume.read("hostPath", "path")
        if isinstance(path, str) and _leads_to_runtime(path):
            yield volume.fails(f"reaches its node's container runtime through the hostPath {path}", "hostPath", "path")


def _leads_to_runtime(path: str) -> bool:
    # Two slashes at the front mean the same as one to Linux, though not to the standard.
    place = normpath(f"/{path.lstrip('/')}").rstrip("/")
    return path.lower().replace("/", "\\") in PIPES or any(f"{socket}/".startswith(f"{place}/") for socket in SOCKETS)


def _wrong(path: str) -> str:
    return f"Deployment shop/marketplace reaches its node's container runtime through the hostPath {path}"


RULE = Rule(
    id="no-runtime-socket",
    title="Pods can't reach the container runtime",
    why="Whoever speaks to the runtime starts a privileged container, and with it owns the node.",
    fix="Remove the volume; build images outside the cluster and read metrics from the kubelet.",
    severity=Severity.CRITICAL,
    covers=("production:15", "go-live-readiness:101", "go-live-readiness:16"),
    kinds=WORKLOADS,
    check=EachPod(check),
    allows={
        "no volumes": workload(a_container()),
        "another path": workload(a_container(), volumes=[{"name": "logs", "hostPath": {"path": "/var/log"}}]),
        "a neighbour of a socket": workload(
            a_container(), volumes=[{"name": "logs", "hostPath": {"path": "/var/run/docker.sock.d"}}]
        ),
        "no path": workload(a_container(), volumes=[{"name": "logs", "hostPath": {}}]),
    },
    refuses={
        "Docker": bad_example(
            workload(a_container(), volumes=[{"name": "docker", "hostPath": {"path": "/var/run/docker.sock"}}]),
            _wrong("/var/run/docker.sock"),
        ),
        "containerd by a detour": bad_example(
            workload(
                a_container(), volumes=[{"name": "cri", "hostPath": {"path": "//run/x/../containerd/containerd.sock/"}}]
            ),
            _wrong("//run/x/../containerd/containerd.sock/"),
        ),
        "the directory of a socket": bad_example(
            workload(a_container(), volumes=[{"name": "run", "hostPath": {"path": "/var/run"}}]), _wrong("/var/run")
        ),
        "the root of the node": bad_example(
            workload(a_container(), volumes=[{"name": "root", "hostPath": {"path": "/"}}]), _wrong("/")
        ),
        "the pipe of Windows": bad_example(
            workload(a_container(), volumes=[{"name": "docker", "hostPath": {"path": r"\\.\pipe\docker_engine"}}]),
            _wrong(r"\\.\pipe\docker_engine"),
        ),
    },
)
