"""A rotation of a secret comes round every ninety days at most.

Fields: `rotationEnabled` (unset means yes) and `rotationRules`: `automaticallyAfterDays`, or a `scheduleExpression`
such as `rate(10 days)`. A `cron(...)` counts when it names every month, or every second.
"""

import re

from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

ROTATION = "aws:secretsmanager/secretRotation:SecretRotation"
DAYS = 90
PROBLEM = "does not rotate its secret within 90 days"
_RATE = re.compile(r"rate\((\d+) (hour|day)s?\)")
_CRON = re.compile(r"cron\(\S+ \S+ \S+ (\*|\*/[12]|1/[12]) \S+( \*)?\)")


def check(rotation: Object) -> Violations:
    """Ask for days, else for a schedule."""
    if rotation.differs_from("rotationEnabled", than=(True,)):
        yield rotation.fails(PROBLEM, "rotationEnabled")
        return
    days = rotation.read("rotationRules", "automaticallyAfterDays")
    schedule = rotation.read("rotationRules", "scheduleExpression") if days is None else None
    if isinstance(days, int | float) and 0 < days <= DAYS:
        return
    if not isinstance(schedule, str) or not _comes_round(schedule):
        yield rotation.fails(
            PROBLEM, "rotationRules", "automaticallyAfterDays" if days is not None else "scheduleExpression"
        )


def _comes_round(schedule: str) -> bool:
    if rate := _RATE.fullmatch(schedule):
        return 0 < int(rate[1]) <= (DAYS if rate[2] == "day" else DAYS * 24)
    return _CRON.fullmatch(schedule) is not None


RULE = Rule(
    id="secret-rotation",
    title="Secrets rotate every ninety days",
    why="A secret that leaked unnoticed stays good for as long as nobody changes it.",
    fix="Set rotationRules.automaticallyAfterDays to 90 or less.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:96", "production:14", "optibid:35"),
    kinds=frozenset({ROTATION}),
    check=EachObject(check),
    allows={
        "ninety days": aws_resource(ROTATION, rotationRules={"automaticallyAfterDays": 90}),
        "a rate": aws_resource(ROTATION, rotationRules={"scheduleExpression": "rate(10 days)"}),
        "every month": aws_resource(ROTATION, rotationRules={"scheduleExpression": "cron(0 4 1 * ? *)"}),
    },
    refuses={
        "unset": bad_example(aws_resource(ROTATION), f"SecretRotation shop {PROBLEM}"),
        "null": bad_example(
            aws_resource(ROTATION, rotationRules={"automaticallyAfterDays": None}), f"SecretRotation shop {PROBLEM}"
        ),
        "too rare": bad_example(
            aws_resource(ROTATION, rotationRules={"automaticallyAfterDays": 91}), f"SecretRotation shop {PROBLEM}"
        ),
        "a slow rate": bad_example(
            aws_resource(ROTATION, rotationRules={"scheduleExpression": "rate(365 days)"}),
            f"SecretRotation shop {PROBLEM}",
        ),
        "once a year": bad_example(
            aws_resource(ROTATION, rotationRules={"scheduleExpression": "cron(0 4 1 1 ? *)"}),
            f"SecretRotation shop {PROBLEM}",
        ),
        "switched off": bad_example(
            aws_resource(ROTATION, rotationEnabled=False, rotationRules={"automaticallyAfterDays": 30}),
            f"SecretRotation shop {PROBLEM}",
        ),
    },
)
