"""No container sets an environment variable twice.

Field: `env[*].name` of every container. The API server accepts a name twice and the last one wins; tools that merge
by name keep either. A variable that overrides one of `envFrom` is no duplicate.
"""

from guardrails.examples.kubernetes import a_container, elsewhere, spoilt, workload
from guardrails.kubernetes.pods import WORKLOADS, Pod
from guardrails.model.findings import Violations
from guardrails.model.values import Plain
from guardrails.rule import EachPod, Rule, Severity


def check(pod: Pod) -> Violations:
    """Name each container and each variable that it sets again, once."""
    for container in pod.containers:
        met: set[str] = set()
        told: set[str] = set()
        for variable in container.items("env"):
            name = variable.read("name")
            if isinstance(name, str) and name in met and name not in told:
                told.add(name)
                yield variable.fails(f"sets {name} more than once", "name")
            elif isinstance(name, str):
                met.add(name)


def _env(*names: str) -> list[Plain]:
    return [{"name": name, "value": str(i)} for i, name in enumerate(names)]


RULE = Rule(
    id="no-duplicate-env",
    title="Environment variables are set once",
    why="Which of the two values wins depends on the tool that applied them, so what was tested may not be what runs.",
    fix="Keep one entry of the name in env.",
    severity=Severity.LOW,
    covers=("signal-service-v2:79", "optibid:27"),
    kinds=WORKLOADS,
    check=EachPod(check),
    allows={
        "none": workload(a_container()),
        "different names": workload(a_container(env=_env("LOG_LEVEL", "PORT"))),
        "a different case is a different name": workload(a_container(env=_env("port", "PORT"))),
        "the same name in two containers": workload(
            a_container(env=_env("PORT")), initContainers=[a_container("migrate", env=_env("PORT"))]
        ),
    },
    refuses={
        "twice": spoilt(a_container(env=_env("PORT", "PORT")), "sets PORT more than once"),
        "three times, said once": spoilt(
            a_container(env=_env("PORT", "LOG_LEVEL", "PORT", "PORT")), "sets PORT more than once"
        ),
        **elsewhere(a_container("proxy", env=_env("A", "A")), "sets A more than once"),
    },
)
