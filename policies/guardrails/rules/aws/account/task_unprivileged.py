"""Containers that run outside of Kubernetes are as contained as those inside.

Fields of ECS task definitions: no `networkMode`, `pidMode` or `ipcMode` host, no volume with a `hostPath`, and of
`containerDefinitions`, which are JSON text, none is `privileged` and each has `readonlyRootFilesystem`; of CodeBuild
projects no `environment.privilegedMode`, and of jobs of Batch no `privileged` in `containerProperties`. Reference: FSBP
ECS.1, ECS.3, ECS.4, ECS.5, Checkov CKV_AWS_316.
"""

import json

from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.embedded_json import document
from guardrails.model.findings import Violations
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain
from guardrails.rule import EachObject, Rule, Severity

TASK, PROJECT = "aws:ecs/taskDefinition:TaskDefinition", "aws:codebuild/project:Project"
JOB = "aws:batch/jobDefinition:JobDefinition"
PRIVILEGED = ("environment", "privilegedMode")
SHARED = ("networkMode", "pidMode", "ipcMode")
PROBLEM = "reaches its machine"
WRITABLE = "can change its own program"


def check(obj: Object) -> Violations:
    """Ask a project or a job for the one field, a task for its own and those of its containers."""
    if obj.id == PROJECT and obj.differs_from(*PRIVILEGED, than=(False,)):
        yield obj.fails(PROBLEM, *PRIVILEGED)
    elif obj.id == JOB and document(obj.at("containerProperties")).differs_from("privileged", than=(False,)):
        yield obj.fails(PROBLEM, "containerProperties")
    elif obj.id not in {PROJECT, JOB}:
        yield from _task_itself(obj)


def _task_itself(obj: Object) -> Violations:
    for field in SHARED:
        if obj.read(field) == "host":
            yield obj.fails(PROBLEM, field)
    for volume in obj.items("volumes"):
        if volume.differs_from("hostPath", than=("",)):
            yield volume.fails(PROBLEM, "hostPath")
    for container in document(obj.at("containerDefinitions")).items():
        if container.differs_from("privileged", than=(False,)):
            yield container.fails(PROBLEM, "privileged")
        if container.is_not("readonlyRootFilesystem", value=True):
            yield container.fails(WRITABLE, "readonlyRootFilesystem")


def _task(containers: Plain = None, **more: Plain) -> tuple[Resource, ...]:
    said = [SOUND if containers is None else containers]
    return aws_resource(TASK, containerDefinitions=json.dumps(said), **more)


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
        "a job": aws_resource(JOB, containerProperties='{"image": "shop/job:v1"}'),
        "a project": aws_resource(PROJECT, environment={"privilegedMode": False}),
    },
    refuses={
        "a privileged container": bad_example(_task({**SOUND, "privileged": True}), f"TaskDefinition shop {PROBLEM}"),
        "a writable root": bad_example(
            _task({**SOUND, "readonlyRootFilesystem": False}), f"TaskDefinition shop {WRITABLE}"
        ),
        "the machine's network": bad_example(_task(networkMode="host"), f"TaskDefinition shop {PROBLEM}"),
        "the machine's processes": bad_example(_task(pidMode="host"), f"TaskDefinition shop {PROBLEM}"),
        "the machine's memory": bad_example(_task(ipcMode="host"), f"TaskDefinition shop {PROBLEM}"),
        "the machine's files": bad_example(
            _task(volumes=[{"name": "socket", "hostPath": "/var/run"}]), f"TaskDefinition shop {PROBLEM}"
        ),
        "a job": bad_example(
            aws_resource(JOB, containerProperties='{"privileged": true}'), f"JobDefinition shop {PROBLEM}"
        ),
        "a project": bad_example(
            aws_resource(PROJECT, environment={"privilegedMode": True}), f"Project shop {PROBLEM}"
        ),
    },
)
