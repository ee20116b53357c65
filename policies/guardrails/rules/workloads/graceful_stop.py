"""A pod has time left to stop after its hooks have run.

Fields: `terminationGracePeriodSeconds` of the pod's spec (default 30) must be above zero and above the time that each
`lifecycle.preStop` of main containers and sidecars sleeps, by `sleep.seconds` or by a `sleep` command in `exec`. The
hook's time counts against the grace period; when it is over the kernel kills the container.
"""

import re

from guardrails.examples.kubernetes import a_container, bad_example, spoilt, workload
from guardrails.kubernetes.pods import WORKLOADS, Container, Pod
from guardrails.model.findings import Violations
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachPod, Rule, Severity

GRACE = "terminationGracePeriodSeconds"
HOOK = ("lifecycle", "preStop")
DEFAULT = 30
_SLEEP = re.compile(r"(?:^|[\s;&|(/])sleep\s+([0-9]{1,9}(?:\.[0-9]{1,9})?)([smhd]?)(?![\w.])")
_SCALE = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}


def check(pod: Pod) -> Violations:
    """Name the pod that stops at once, and each container whose hook outlasts the grace period."""
    word = pod.read(GRACE)
    if word is None and not pod.partial:
        word = DEFAULT
    known = isinstance(word, int | float) and not isinstance(word, bool)
    if not known and word is not None and not isinstance(word, Unknown):
        yield pod.fails(f"has a {GRACE} that is no number", GRACE)
    grace = word if isinstance(word, int | float) and known else None
    if grace is not None and grace <= 0:
        yield pod.fails(f"is killed without warning: its {GRACE} is {grace}", GRACE)
    for container in pod.serving:
        slept = _slept(container)
        if grace is not None and 0 < grace <= slept:
            yield container.fails(_wrong(slept, grace), *HOOK)


def _slept(container: Container) -> float:
    """The seconds that the hook is known to sleep."""
    seconds = container.read(*HOOK, "sleep", "seconds")
    if isinstance(seconds, int | float):
        return seconds
    words = [word.read() for word in container.items(*HOOK, "exec", "command")]
    command = " ".join(str(word) for word in words if isinstance(word, str | int))
    return sum(float(number) * _SCALE[unit] for number, unit in _SLEEP.findall(command))


def _wrong(slept: float, grace: float) -> str:
    return f"has no time to stop: its preStop sleeps {slept:g} s of the {grace:g} s that its pod is given"


def _stops(seconds: Plain) -> dict[str, Plain]:
    return a_container(lifecycle={"preStop": {"sleep": {"seconds": seconds}}})


def _runs(*command: Plain) -> dict[str, Plain]:
    return a_container(lifecycle={"preStop": {"exec": {"command": list(command)}}})


RULE = Rule(
    id="graceful-stop",
    title="Pods have time to stop",
    why="A container that is killed while it serves drops its requests, at every release and every scale-down.",
    fix="Set terminationGracePeriodSeconds well above the time that the preStop hook sleeps.",
    severity=Severity.MEDIUM,
    covers=("production:92", "production:127", "optibid:470"),
    kinds=WORKLOADS,
    check=EachPod(check),
    allows={
        "no hook": workload(a_container()),
        "a short sleep": workload(_stops(10)),
        "a longer grace period": workload(_stops(60), terminationGracePeriodSeconds=90),
        "a command": workload(_runs("/bin/sh", "-c", "sleep 5 && nginx -s quit")),
        "another command": workload(_runs("/drain", "--sleep-time", "60")),
    },
    refuses={
        "longer than the default": spoilt(_stops(45), _wrong(45, 30)),
        "as long as the grace period": bad_example(
            workload(_stops(20), terminationGracePeriodSeconds=20),
            f"container 'api' (Deployment shop/marketplace) {_wrong(20, 20)}",
        ),
        "a command that sleeps": spoilt(_runs("sleep", "30"), _wrong(30, 30)),
        "a shell that sleeps": spoilt(_runs("/bin/sh", "-c", "sleep 1m; kill 1"), _wrong(60, 30)),
        "no grace period": bad_example(
            workload(a_container(), terminationGracePeriodSeconds=0),
            f"Deployment shop/marketplace is killed without warning: its {GRACE} is 0",
        ),
        "no number": bad_example(
            workload(a_container(), terminationGracePeriodSeconds="30s"),
            f"Deployment shop/marketplace has a {GRACE} that is no number",
        ),
        "a sidecar": bad_example(
            workload(a_container(), initContainers=[{**_stops(40), "name": "proxy", "restartPolicy": "Always"}]),
            f"init container 'proxy' (Deployment shop/marketplace) {_wrong(40, 30)}",
        ),
    },
)
