"""A CronJob that can't start in time says so.

Field: `spec.startingDeadlineSeconds` of a `CronJob` is at least 10. Without one a CronJob that has missed a hundred
starts never starts again; below 10 it may never start, because the controller looks every ten seconds.
"""

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.model.findings import Violations
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

FIELD = ("spec", "startingDeadlineSeconds")
SHORTEST = 10
NONE = "has no deadline for its start"
SHORT = f"may never start: its deadline is shorter than {SHORTEST} seconds"


def check(job: Object) -> Violations:
    """Name each CronJob that may stop without a word."""
    deadline = job.read(*FIELD)
    if isinstance(deadline, Unknown) or (deadline is None and job.partial):
        return
    if not isinstance(deadline, int) or isinstance(deadline, bool):
        yield job.fails(NONE, *FIELD)
    elif deadline < SHORTEST:
        yield job.fails(SHORT, *FIELD)


def _job(**spec: Plain) -> tuple[Resource, ...]:
    return (declared("kubernetes:batch/v1:CronJob", "report", spec={"schedule": "0 4 * * *", **spec}),)


JOB = "CronJob shop/report"

RULE = Rule(
    id="cron-job-deadline",
    title="CronJobs have a deadline for their start",
    why="After an outage of the cluster a CronJob without a deadline may stay silent for good.",
    fix="Set spec.startingDeadlineSeconds, for example to 300.",
    severity=Severity.LOW,
    covers=("optibid:487", "production:133"),
    kinds=frozenset({"batch/CronJob"}),
    check=EachObject(check),
    allows={
        "five minutes": _job(startingDeadlineSeconds=300),
        "the shortest": _job(startingDeadlineSeconds=SHORTEST),
        "a patch of something else": (declared("kubernetes:batch/v1:CronJobPatch", "report", spec={"suspend": True}),),
    },
    refuses={
        "unset": bad_example(_job(), f"{JOB} {NONE}"),
        "null": bad_example(_job(startingDeadlineSeconds=None), f"{JOB} {NONE}"),
        "too short": bad_example(_job(startingDeadlineSeconds=5), f"{JOB} {SHORT}"),
        "no number": bad_example(_job(startingDeadlineSeconds="300"), f"{JOB} {NONE}"),
    },
)
