"""A backup plan runs daily and keeps what it made for thirty days.

Field: `rules`, one of which at least has a `schedule` that comes round every day (`cron(m h * * ? *)`, `cron(m h ? * *
*)` or a rate of a day or less) and a `lifecycle.deleteAfter` of 30 days or more (unset means for ever). Reference: the
checklist's daily backups.
"""

import re

from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

PLAN = "aws:backup/plan:Plan"
DAYS = 30
PROBLEM = "does not make a backup every day and keep it for thirty"
_DAILY = re.compile(r"cron\(\S+ \S+ (\* \* \?|\? \* \*) \*\)|rate\((1 day|([1-9]|1\d|2[0-4]) hours?)\)")


def check(plan: Object) -> Violations:
    """Look for a rule that does both; rules that do less may stand beside it."""
    rules = plan.at("rules")
    rules.expect(list)
    could = [rule for rule in rules.elements() if _is_daily(rule) and _is_long(rule)]
    if any(_is_known(rule) for rule in could):
        return
    if could or isinstance(rules.plain, Unknown):
        yield (could[0] if could else rules).undecided()
    else:
        yield plan.fails(PROBLEM, "rules")


def _is_daily(rule: Node) -> bool:
    schedule = rule.peek("schedule")
    return isinstance(schedule, Unknown) or (isinstance(schedule, str) and _DAILY.fullmatch(schedule) is not None)


def _is_long(rule: Node) -> bool:
    days = rule.peek("lifecycle", "deleteAfter")
    number = isinstance(days, int | float) and not isinstance(days, bool) and days >= DAYS
    return days is None or isinstance(days, Unknown) or number


def _is_known(rule: Node) -> bool:
    return not any(isinstance(rule.peek(*keys), Unknown) for keys in (("schedule",), ("lifecycle", "deleteAfter")))


def _plan(schedule: Plain = "cron(0 5 * * ? *)", days: Plain = DAYS) -> tuple[Resource, ...]:
    return aws_resource(PLAN, rules=[{"ruleName": "daily", "schedule": schedule, "lifecycle": {"deleteAfter": days}}])


RULE = Rule(
    id="backup-plan-daily",
    title="Backup plans run daily and keep thirty days",
    why="What was lost since the last backup is lost for good, and many faults are found only weeks later.",
    fix="Add a rule with schedule cron(0 5 * * ? *) and lifecycle.deleteAfter 30.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:115", "optibid:75", "production:11"),
    kinds=frozenset({PLAN}),
    check=EachObject(check),
    allows={
        "daily": _plan(),
        "every six hours": _plan("rate(6 hours)"),
        "for ever": _plan(days=None),
    },
    refuses={
        "no rule": bad_example(aws_resource(PLAN), f"Plan shop {PROBLEM}"),
        "null": bad_example(aws_resource(PLAN, rules=None), f"Plan shop {PROBLEM}"),
        "weekly": bad_example(_plan("cron(0 5 ? * SUN *)"), f"Plan shop {PROBLEM}"),
        "for a week": bad_example(_plan(days=7), f"Plan shop {PROBLEM}"),
        "no schedule": bad_example(_plan(None), f"Plan shop {PROBLEM}"),
    },
)
