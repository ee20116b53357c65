"""The account asks for long passwords that are not used again, and a user pool for such as are hard to guess.

Fields: `minimumPasswordLength` of an account's password policy is 14 at least and `passwordReusePrevention` 24; unset
means 6 and none. A user pool's `passwordPolicy` has a `minimumLength` of 8 at least and asks for all four kinds of
characters, as AWS does where there is no policy. Reference: CIS AWS Foundations 1.7 and 1.8, FSBP Cognito.3.
"""

from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

ACCOUNT = "aws:iam/accountPasswordPolicy:AccountPasswordPolicy"
POOL, POLICY = "aws:cognito/userPool:UserPool", "passwordPolicy"
OF_ACCOUNT = {"minimumPasswordLength": 14, "passwordReusePrevention": 24}
OF_POOL = {"minimumLength": 8}
"""Numbers, and the least that each has to say."""
CHARACTERS = ("requireLowercase", "requireUppercase", "requireNumbers", "requireSymbols")
PROBLEM = "takes passwords that are easy to guess or used again"


def check(obj: Object) -> Violations:
    """Compare each number, then ask a pool for its characters."""
    if obj.id != POOL:
        yield from _numbers(obj, OF_ACCOUNT)
    elif obj.at(POLICY).record_unknown() is not None:
        yield from _numbers(obj.at(POLICY), OF_POOL)
        for field in CHARACTERS:
            if obj.is_not(POLICY, field, value=True):
                yield obj.fails(PROBLEM, POLICY, field)


def _numbers(place: Node, wanted: dict[str, int]) -> Violations:
    for field, least in wanted.items():
        number = place.read(field)
        if not isinstance(number, Unknown) and not (isinstance(number, int | float) and number >= least):
            yield place.fails(PROBLEM, field)


SOUND: dict[str, Plain] = {"minimumLength": 12, **dict.fromkeys(CHARACTERS, True)}

RULE = Rule(
    id="password-policy-strong",
    title="Passwords are hard to guess and not used again",
    why="Short passwords are guessed, and old ones are on sale since some other site lost them.",
    fix="Set the account's minimum length to 14 and passwordReusePrevention to 24; a pool's to 8 with all characters.",
    severity=Severity.MEDIUM,
    covers=("optibid:57",),
    kinds=frozenset({ACCOUNT, POOL}),
    check=EachObject(check),
    allows={
        "an account": aws_resource(ACCOUNT, minimumPasswordLength=14, passwordReusePrevention=24),
        "a pool": aws_resource(POOL, passwordPolicy=SOUND),
        "a pool by default": aws_resource(POOL),
    },
    refuses={
        "short": bad_example(
            aws_resource(ACCOUNT, minimumPasswordLength=8, passwordReusePrevention=24),
            f"AccountPasswordPolicy shop {PROBLEM}",
        ),
        "used again": bad_example(
            aws_resource(ACCOUNT, minimumPasswordLength=14), f"AccountPasswordPolicy shop {PROBLEM}"
        ),
        "a short one in a pool": bad_example(
            aws_resource(POOL, passwordPolicy={**SOUND, "minimumLength": 6}), f"UserPool shop {PROBLEM}"
        ),
        "letters alone in a pool": bad_example(
            aws_resource(POOL, passwordPolicy={**SOUND, "requireNumbers": False}), f"UserPool shop {PROBLEM}"
        ),
    },
)
