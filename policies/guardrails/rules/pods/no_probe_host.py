"""Probes and hooks call their own pod, by the meaning of Pod Security `baseline` since 1.34 and of `restricted`.

Restricted fields: `httpGet.host` and `tcpSocket.host` of every container's `livenessProbe`, `readinessProbe`,
`startupProbe`, `lifecycle.postStart` and `lifecycle.preStop` must be unset or empty; then the pod's own address is
called.
"""

from guardrails.examples.kubernetes import a_container, bad_example, spoilt, workload
from guardrails.kubernetes.pods import CALLS, WORKLOADS, Pod
from guardrails.model.findings import Violations
from guardrails.model.values import Plain
from guardrails.rule import EachPod, Rule, Severity


def check(pod: Pod) -> Violations:
    """Name each container and each call that goes elsewhere."""
    for container in pod.containers:
        for call in CALLS:
            if container.differs_from(*call, "host", than=("",)):
                yield container.fails(_wrong(".".join(call[:-1]), call[-1]), *call, "host")


def _wrong(caller: str, handler: str) -> str:
    return f"lets its node call another host: its {caller} sets {handler}.host"


LOCAL: dict[str, Plain] = {"httpGet": {"path": "/health", "port": 8015, "host": "127.0.0.1"}}

RULE = Rule(
    id="no-probe-host",
    title="Probes and hooks call only their own pod",
    why="The node makes these calls, so a probe with a host is a way past every network policy.",
    fix="Remove host from the probe or hook; send the header Host where the program needs it.",
    severity=Severity.MEDIUM,
    covers=("production:15", "go-live-readiness:101", "go-live-readiness:16"),
    kinds=WORKLOADS,
    check=EachPod(check),
    allows={
        "no host": workload(a_container()),
        "an empty host": workload(a_container(livenessProbe={"tcpSocket": {"port": 8015, "host": ""}})),
        "a command": workload(a_container(lifecycle={"preStop": {"exec": {"command": ["/drain"]}}})),
    },
    refuses={
        "a liveness probe": spoilt(a_container(livenessProbe=LOCAL), _wrong("livenessProbe", "httpGet")),
        "a readiness probe": spoilt(
            a_container(readinessProbe={"tcpSocket": {"port": 22, "host": "10.0.0.1"}}),
            _wrong("readinessProbe", "tcpSocket"),
        ),
        "a startup probe": spoilt(a_container(startupProbe=LOCAL), _wrong("startupProbe", "httpGet")),
        "hooks": spoilt(
            a_container(lifecycle={"postStart": LOCAL, "preStop": {"tcpSocket": {"port": 1, "host": "db"}}}),
            _wrong("lifecycle.postStart", "httpGet"),
            _wrong("lifecycle.preStop", "tcpSocket"),
        ),
        "a sidecar": bad_example(
            workload(a_container(), initContainers=[a_container("proxy", restartPolicy="Always", startupProbe=LOCAL)]),
            f"init container 'proxy' (Deployment shop/marketplace) {_wrong('startupProbe', 'httpGet')}",
        ),
        "an ephemeral container": bad_example(
            workload(a_container(), ephemeralContainers=[a_container("debug", livenessProbe=LOCAL)]),
            f"ephemeral container 'debug' (Deployment shop/marketplace) {_wrong('livenessProbe', 'httpGet')}",
        ),
    },
)
