"""Containers that run outside of Kubernetes are as contained as those inside.

Fields of ECS task definitions: no `networkMode`, `pidMode` or `ipcMode` host, no volume with a `hostPath`, and of
`containerDefinitions`, which are JSON text, none is `privileged` and each has `readonlyRootFilesystem`; of CodeBuild
projects no `environment.privilegedMode`, and of jobs of Batch no `privileged` in `containerProperties`. Reference: FSBP
ECS.1, ECS.3, ECS.4, ECS.5, Checkov CKV_AWS_316.
"""

import json

from guardrails.examples.aws import made
from guardrails.examples.kubernetes import refusal
from guardrails.model.embedded_json import document
from guardrails.model.findings import Faults
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain
from guardrails.rule import EachObject, Rule, Severity

TASK, PROJECT = "aws:ecs/taskDefinition:TaskDefinition", "aws:codebuild/project:Project"
JOB = "aws:batch/jobDefinition:JobDefinition"
PRIVILEGED = ("environment", "privilegedMode")
SHARED = ("networkMode", "pidMode", "ipcMode")
WRONG = "reaches its machine"
WRITABLE = "can change its own program"


def check(found: Object) -> Faults:
    """Ask a project or a job for the one field, a task for its own and those of its containers."""
    if found.id == PROJECT and found.other(*PRIVILEGED, than=(False,)):
        yield found.fails(WRONG, *PRIVILEGED)
    elif found.id == JOB and document(found.at("containerProperties")).other("privileged", than=(False,)):
        yield found.fails(WRONG, "containerProperties")
    elif found.id not in {PROJECT, JOB}:
        yield from _task_itself(found)


def _task_itself(found: Object) -> Faults:
    for field in SHARED:
        if found.read(field) == "host":
            yield found.fails(WRONG, field)
    for volume in found.items("volumes"):
        if volume.other("hostPath", than=("",)):
            yield volume.fails(WRONG, "hostPath")
    for container in document(found.at("containerDefinitions")).items():
        if container.other("privileged", than=(False,)):
            yield container.fails(WRONG, "privileged")
        if container.lacks("readonlyRootFilesystem", value=True):
            yield container.fails(WRITABLE, "readonlyRootFilesystem")


def _task(containers: Plain = None, **more: Plain) -> tuple[Resource, ...]:
    said = [SOUND if containers is None else containers]
    return made(TASK, containerDefinitions=json.dumps(said), **more)


SOUND: dict[str, Plain] = {"name": "api", "image": "shop/api:v1", "readonlyRootFilesystem": True}

RULE = Rule(
    id="task-unprivileged",
    title="Containers outside of Kubernetes are contained",
    why="A container that reaches its machine has the credentials of everything else that runs there.",
    fix="Leave privileged, host modes and host paths out, and set readonlyRootFilesystem to true.",
    severity=Severity.HIGH,
    covers=("new-services:34", "go-live-readiness:102"),
    kinds=frozenset({TASK, PROJECT, JOB}),
    check=EachObject(check),
    allows={
        "a task": _task(networkMode="awsvpc"),
        "said in full": _task({**SOUND, "privileged": False}),
        "a volume of its own": _task(volumes=[{"name": "scratch"}]),
        "a job": made(JOB, containerProperties='{"image": "shop/job:v1"}'),
        "a project": made(PROJECT, environment={"privilegedMode": False}),
    },
    refuses={
        "a privileged container": refusal(_task({**SOUND, "privileged": True}), f"TaskDefinition shop {WRONG}"),
        "a writable root": refusal(
            _task({**SOUND, "readonlyRootFilesystem": False}), f"TaskDefinition shop {WRITABLE}"
        ),
        "the machine's network": refusal(_task(networkMode="host"), f"TaskDefinition shop {WRONG}"),
        "the machine's processes": refusal(_task(pidMode="host"), f"TaskDefinition shop {WRONG}"),
        "the machine's memory": refusal(_task(ipcMode="host"), f"TaskDefinition shop {WRONG}"),
        "the machine's files": refusal(
            _task(volumes=[{"name": "socket", "hostPath": "/var/run"}]), f"TaskDefinition shop {WRONG}"
        ),
        "a job": refusal(made(JOB, containerProperties='{"privileged": true}'), f"JobDefinition shop {WRONG}"),
        "a project": refusal(made(PROJECT, environment={"privilegedMode": True}), f"Project shop {WRONG}"),
    },
)
