"""No container listens on a port that only root may bind, unless it is allowed to.

Field: `ports[*].containerPort` of every container must be 1024 or above. A container that adds the capability
NET_BIND_SERVICE may go below, and so may a pod that lowers the sysctl net.ipv4.ip_unprivileged_port_start. Windows
pods are exempt: they know no such border.
"""

from guardrails.examples.kubernetes import a_container, bad_example, elsewhere, hardened, spoilt, workload
from guardrails.kubernetes.pods import WORKLOADS, Container, Pod
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.quantities import quantity
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachPod, Rule, Severity

FIRST_FREE = 1024
ADDED = ("securityContext", "capabilities", "add")
SYSCTLS = ("securityContext", "sysctls")
START = "net.ipv4.ip_unprivileged_port_start"


def check(pod: Pod) -> Violations:
    """Name each container and each port that it can't bind."""
    for container in pod.containers:
        for port in container.items("ports"):
            number = port.read("containerPort")
            if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < FIRST_FREE:
                continue
            if not (_may_add(container) or _may_lower(pod, number) or pod.is_windows):
                yield port.fails(_wrong(number), "containerPort")


def _wrong(number: int) -> str:
    return f"listens on port {number}, which only root may bind"


def _may_add(container: Container) -> bool:
    """It adds the capability, or what can't be read, and is on record, could be that."""
    added = container.at(*ADDED)
    if any(one.plain == "NET_BIND_SERVICE" for one in added.elements()):
        return True
    return any([isinstance(one.record_unknown(), Unknown) for one in (added, *added.elements())])  # noqa: C419 - all are to be noted


def _may_lower(pod: Pod, number: int) -> bool:
    sysctls = pod.at(*SYSCTLS)
    if isinstance(sysctls.record_unknown(), Unknown):
        return True
    return any([_lowers(sysctl, number) for sysctl in sysctls.elements()])  # noqa: C419 - all are to be noted


def _lowers(sysctl: Node, number: int) -> bool:
    name, value = sysctl.read("name"), sysctl.read("value")
    if isinstance(name, Unknown) or (name == START and isinstance(value, Unknown)):
        return True
    start = quantity(value)
    return name == START and start is not None and start <= number


def _listening(port: int, *added: Plain) -> dict[str, Plain]:
    return {**hardened(capabilities={"drop": ["ALL"], "add": list(added)}), "ports": [{"containerPort": port}]}


def _starting_at(value: str) -> dict[str, Plain]:
    return {"sysctls": [{"name": START, "value": value}]}


RULE = Rule(
    id="no-privileged-port",
    title="Containers listen on ports that anyone may bind",
    why="A program that isn't root fails to start on such a port on some nodes, and the usual cure is to make it root.",
    fix="Listen on a port of 1024 or above; the Service may still offer 80 or 443.",
    severity=Severity.LOW,
    covers=("new-services:34", "go-live-readiness:101"),
    kinds=WORKLOADS,
    check=EachPod(check),
    allows={
        "no ports": workload(a_container()),
        "a free port": workload(_listening(1024)),
        "the capability": workload(_listening(80, "NET_BIND_SERVICE")),
        "a lower border": workload(_listening(443), securityContext=_starting_at("80")),
        "a Windows pod": workload(_listening(80), os={"name": "windows"}),
    },
    refuses={
        "a web server": spoilt(_listening(80), _wrong(80)),
        "the last of them": spoilt(_listening(1023), _wrong(1023)),
        "another capability": spoilt(_listening(80, "NET_RAW"), _wrong(80)),
        "a border that is not low enough": bad_example(
            workload(_listening(80), securityContext=_starting_at("443")),
            f"container 'api' (Deployment shop/marketplace) {_wrong(80)}",
        ),
        **elsewhere(a_container("proxy", ports=[{"containerPort": 53}]), _wrong(53)),
    },
)
