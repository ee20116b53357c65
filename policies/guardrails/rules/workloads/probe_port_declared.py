"""A probe or hook that names a port names one that its container declares.

Fields: `httpGet.port` and `tcpSocket.port` of every container's probes and hooks, when they are text, must be the
`name` of one of its own `ports`. Numbers are free: declaring a port opens nothing, and leaving it out closes nothing.
"""

from guardrails.examples.kubernetes import a_container, bad_example, elsewhere, spoilt, workload
from guardrails.kubernetes.pods import CALLS, WORKLOADS, Container, Pod
from guardrails.model.findings import Violations
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachPod, Rule, Severity


def check(pod: Pod) -> Violations:
    """Name each container and each probe that calls a port that isn't there."""
    for container in pod.containers:
        for call in CALLS:
            port = container.read(*call, "port")
            if isinstance(port, str) and not container.partial and not _may_declare(container, port):
                yield container.fails(_wrong(".".join(call[:-1]), port), *call, "port")


def _may_declare(container: Container, name: str) -> bool:
    if any(port.peek("name") == name for port in container.at("ports").elements()):
        return True
    # What can't be read goes on record, and could be the name.
    names = [port.read("name") for port in container.items("ports")]
    places = [container.at("ports"), *container.at("ports").elements()]
    listed = container.at("ports").plain
    hidden = any(isinstance(place.plain, Unknown) for place in places) or not isinstance(listed, list | None)
    return hidden or any(isinstance(obj, Unknown) for obj in names)


def _wrong(caller: str, port: str) -> str:
    return f"calls a port that it does not declare: its {caller} names {port!r}"


def _probing(port: Plain, *ports: Plain) -> dict[str, Plain]:
    return a_container(readinessProbe={"httpGet": {"path": "/health", "port": port}}, ports=list(ports))


HTTP: Plain = {"name": "http", "containerPort": 8015}
ADMIN: Plain = {"name": "admin", "containerPort": 15000}
METRICS: Plain = {"name": "metrics", "containerPort": 9090}

RULE = Rule(
    id="probe-port-declared",
    title="Probes call ports that exist",
    why="A probe of a port that has no such name always fails: the pod never gets traffic, or restarts for ever.",
    fix="Name one of the container's own ports in the probe, or give its number.",
    severity=Severity.MEDIUM,
    covers=("new-services:28", "production:92", "optibid:89"),
    kinds=WORKLOADS,
    check=EachPod(check),
    allows={
        "a number": workload(a_container()),
        "a number that is not declared": workload(_probing(9090, HTTP)),
        "a declared name": workload(_probing("http", METRICS, HTTP)),
        "gRPC has numbers only": workload(a_container(readinessProbe={"grpc": {"port": 9000}})),
    },
    refuses={
        "another name": spoilt(_probing("web", HTTP), _wrong("readinessProbe", "web")),
        "no ports": spoilt(_probing("http"), _wrong("readinessProbe", "http")),
        "ports without names": spoilt(_probing("http", {"containerPort": 8015}), _wrong("readinessProbe", "http")),
        "another container's name": bad_example(
            workload(_probing("admin", HTTP), initContainers=[a_container("proxy", ports=[ADMIN])]),
            f"container 'api' (Deployment shop/marketplace) {_wrong('readinessProbe', 'admin')}",
        ),
        "a hook": spoilt(
            a_container(lifecycle={"preStop": {"httpGet": {"path": "/drain", "port": "admin"}}}),
            _wrong("lifecycle.preStop", "admin"),
        ),
        "a sidecar": bad_example(
            workload(
                a_container(), initContainers=[{**_probing("web", HTTP), "name": "proxy", "restartPolicy": "Always"}]
            ),
            f"init container 'proxy' (Deployment shop/marketplace) {_wrong('readinessProbe', 'web')}",
        ),
        **elsewhere({**_probing("web", HTTP), "name": "proxy"}, _wrong("readinessProbe", "web")),
    },
)
