"""A finished Job is removed.

Field: `spec.ttlSecondsAfterFinished` of a `Job` is there and not below 0. The Jobs of a CronJob are exempt: its history
limits remove them.
"""

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.model.findings import Violations
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

FIELD = ("spec", "ttlSecondsAfterFinished")
PROBLEM = "stays for good when it has finished"


def check(job: Object) -> Violations:
    """Name each Job that nobody removes."""
    ttl = job.read(*FIELD)
    if isinstance(ttl, Unknown) or (ttl is None and job.partial):
        return
    if not isinstance(ttl, int) or isinstance(ttl, bool) or ttl < 0:
        yield job.fails(PROBLEM, *FIELD)


def _job(**spec: Plain) -> tuple[Resource, ...]:
    return (declared("kubernetes:batch/v1:Job", "migrate", spec=spec),)


STAYS = f"Job shop/migrate {PROBLEM}"

RULE = Rule(
    id="job-is-cleaned-up",
    title="Finished Jobs are removed",
    why="Finished Jobs keep their pods and logs, and a Job of the same name can't run again.",
    fix="Set spec.ttlSecondsAfterFinished, for example to 86400.",
    severity=Severity.LOW,
    covers=("optibid:487", "production:133"),
    kinds=frozenset({"batch/Job"}),
    check=EachObject(check),
    allows={
        "after a day": _job(ttlSecondsAfterFinished=86400),
        "at once": _job(ttlSecondsAfterFinished=0),
        "a CronJob's": (declared("kubernetes:batch/v1:CronJob", "report", spec={"jobTemplate": {"spec": {}}}),),
    },
    refuses={
        "unset": bad_example(_job(), STAYS),
        "null": bad_example(_job(ttlSecondsAfterFinished=None), STAYS),
        "below zero": bad_example(_job(ttlSecondsAfterFinished=-1), STAYS),
        "no number": bad_example(_job(ttlSecondsAfterFinished="1d"), STAYS),
    },
)
