"""A CronJob does not run beside its own last run.

Field: `spec.concurrencyPolicy` of a `CronJob` is `Forbid` or `Replace`; unset means `Allow`.
"""

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.model.findings import Violations
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

FIELD = ("spec", "concurrencyPolicy")
PROBLEM = "may run beside its own last run"


def check(job: Object) -> Violations:
    """Name each CronJob whose runs may pile up."""
    policy = job.read(*FIELD)
    if isinstance(policy, Unknown) or (policy is None and job.partial):
        return
    if policy not in {"Forbid", "Replace"}:
        yield job.fails(PROBLEM, *FIELD)


def _job(**spec: Plain) -> tuple[Resource, ...]:
    return (declared("kubernetes:batch/v1:CronJob", "report", spec={"schedule": "0 4 * * *", **spec}),)


OVERLAPS = f"CronJob shop/report {PROBLEM}"

RULE = Rule(
    id="cron-job-forbids-overlap",
    title="Runs of a CronJob do not overlap",
    why="A run that hangs is joined by the next, and the next, until the namespace's quota is full.",
    fix="Set spec.concurrencyPolicy to Forbid, or to Replace where only the last run counts.",
    severity=Severity.LOW,
    covers=("optibid:487", "production:133"),
    kinds=frozenset({"batch/CronJob"}),
    check=EachObject(check),
    allows={
        "forbidden": _job(concurrencyPolicy="Forbid"),
        "replaced": _job(concurrencyPolicy="Replace"),
        "a patch of something else": (declared("kubernetes:batch/v1:CronJobPatch", "report", spec={"suspend": True}),),
    },
    refuses={
        "unset": bad_example(_job(), OVERLAPS),
        "allowed": bad_example(_job(concurrencyPolicy="Allow"), OVERLAPS),
        "null": bad_example(_job(concurrencyPolicy=None), OVERLAPS),
        "lower case": bad_example(_job(concurrencyPolicy="forbid"), OVERLAPS),
    },
)
