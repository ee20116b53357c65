"""Every container that serves has a liveness and a readiness probe.

Fields: `livenessProbe` and `readinessProbe` of main containers and of sidecars (init containers with `restartPolicy:
Always`) must hold just one of `exec`, `grpc`, `httpGet`, `tcpSocket`, with what no cluster accepts it without: a
`port`, or a `command`; `{}` probes nothing. The pods of Jobs and CronJobs
are exempt: they end. So are init and ephemeral containers, whose probes the API forbids.
"""

from guardrails.examples.kubernetes import a_container, bad_example, spoilt, workload
from guardrails.kubernetes.pods import WORKLOADS, Container, Pod
from guardrails.model.findings import Violations
from guardrails.model.node import Shape
from guardrails.model.values import Unknown
from guardrails.rule import EachPod, Rule, Severity

HANDLERS = {"exec": "command", "grpc": "port", "httpGet": "port", "tcpSocket": "port"}
"""What may be asked, and what each must say."""


def check(pod: Pod) -> Violations:
    """Name each serving container and each probe that it lacks."""
    for container in pod.serving:
        for probe in ("livenessProbe", "readinessProbe"):
            if not _probes(container, probe) and not pod.is_finite:
                empty = container.peek(probe) is not None
                yield container.fails(f"has {'an empty' if empty else 'no'} {probe}", probe)
            if not pod.is_finite:
                yield from _refused(container, probe)


def _refused(container: Container, probe: str) -> Violations:
    """What no cluster would accept in a probe that asks something."""
    if not isinstance(container.raw(probe), dict):
        return
    asked = [handler for handler in HANDLERS if container.read(probe, handler) is Shape.MAPPING]
    asked = [handler for handler in asked if container.raw(probe, handler)]
    if len(asked) > 1:
        yield container.fails(f"has a {probe} that asks in two ways, {' and '.join(asked)}", probe)
    for handler in asked:
        said = container.read(probe, handler, HANDLERS[handler])
        if (said in {None, ""} or container.raw(probe, handler, HANDLERS[handler]) == []) and not container.partial:
            yield container.fails(f"has a {probe} whose {handler} names no {HANDLERS[handler]}", probe, handler)


def _probes(container: Container, probe: str) -> bool:
    if not container.missing(probe) and container.peek(probe) is None:
        return True  # a patch that leaves the probe alone
    if isinstance(container.peek(probe), Unknown):
        return True  # on record, so the rule can't pass
    handlers = [container.at(probe, handler) for handler in HANDLERS]
    if any(isinstance(handler.plain, dict) and handler.plain for handler in handlers):
        return True
    return any([isinstance(handler.record_unknown(), Unknown) for handler in handlers])  # noqa: C419 - all are to be noted


RULE = Rule(
    id="probes",
    title="Serving containers have liveness and readiness probes",
    why="Without them traffic goes to pods that can't answer, a canary can't tell good from bad, and hung pods stay.",
    fix="Give the container a livenessProbe and a readinessProbe with a handler, for example httpGet on /health.",
    severity=Severity.HIGH,
    covers=("new-services:28", "new-services:241", "production:92", "optibid:89", "signal-service-v2:90"),
    kinds=WORKLOADS,
    check=EachPod(check),
    allows={
        "both": workload(a_container()),
        "any handler": workload(
            a_container(livenessProbe={"exec": {"command": ["true"]}}, readinessProbe={"grpc": {"port": 9000}})
        ),
        "a Job": workload(a_container(livenessProbe=None, readinessProbe=None), type_="kubernetes:batch/v1:Job"),
        "an init container": workload(
            a_container(), initContainers=[a_container("migrate", livenessProbe=None, readinessProbe=None)]
        ),
    },
    refuses={
        "no liveness probe": spoilt(a_container(livenessProbe=None), "has no livenessProbe"),
        "no readiness probe": spoilt(a_container(readinessProbe=None), "has no readinessProbe"),
        "an empty probe": spoilt(a_container(readinessProbe={}), "has an empty readinessProbe"),
        "a probe without handler": spoilt(
            a_container(livenessProbe={"periodSeconds": 10}), "has an empty livenessProbe"
        ),
        "an empty handler": spoilt(a_container(livenessProbe={"httpGet": {}}), "has an empty livenessProbe"),
        "two handlers": spoilt(
            a_container(livenessProbe={"exec": {"command": ["true"]}, "grpc": {"port": 9000}}),
            "has a livenessProbe that asks in two ways, exec and grpc",
        ),
        "no port": spoilt(
            a_container(readinessProbe={"httpGet": {"path": "/health"}}),
            "has a readinessProbe whose httpGet names no port",
        ),
        "a sidecar": bad_example(
            workload(a_container(), initContainers=[a_container("proxy", restartPolicy="Always", livenessProbe=None)]),
            "init container 'proxy' (Deployment shop/marketplace) has no livenessProbe",
        ),
    },
)
