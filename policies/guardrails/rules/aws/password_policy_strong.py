"""The account asks for long passwords that are not used again.

Fields: `minimumPasswordLength` of an account's password policy is 14 at least and `passwordReusePrevention` 24; unset
means 6 and none. Of a user pool `passwordPolicy.minimumLength` is 14 at least; unset means 8. Reference: CIS AWS
Foundations 1.7 and 1.8, FSBP IAM.7 and Cognito.3.
"""

from collections.abc import Mapping

from guardrails.amazon import made
from guardrails.examples import refusal
from guardrails.plain import Unknown
from guardrails.resources import Object
from guardrails.rule import EachObject, Faults, Rule, Severity

ACCOUNT = "aws:iam/accountPasswordPolicy:AccountPasswordPolicy"
POOL = "aws:cognito/userPool:UserPool"
LENGTH, REMEMBERED = 14, 24
NEEDED: Mapping[str, Mapping[tuple[str, ...], int]] = {
    POOL: {("passwordPolicy", "minimumLength"): LENGTH},
    ACCOUNT: {("minimumPasswordLength",): LENGTH, ("passwordReusePrevention",): REMEMBERED},
}
"""Kind to its fields and the least that each has to say."""
WRONG = "takes passwords that are short or used again"


def check(policy: Object) -> Faults:
    """Compare each number."""
    for field, least in NEEDED.get(policy.id, NEEDED[ACCOUNT]).items():
        number = policy.read(*field)
        if not isinstance(number, Unknown) and not (isinstance(number, int | float) and number >= least):
            yield policy.fails(WRONG, *field)


RULE = Rule(
    id="password-policy-strong",
    title="Passwords are long and not used again",
    why="Short passwords are guessed, and old ones are on sale since some other site lost them.",
    fix="Set the minimum length to 14 or more, and passwordReusePrevention to 24.",
    severity=Severity.MEDIUM,
    covers=("optibid:57",),
    kinds=frozenset(NEEDED),
    check=EachObject(check),
    allows={
        "an account": made(ACCOUNT, minimumPasswordLength=14, passwordReusePrevention=24),
        "a pool": made(POOL, passwordPolicy={"minimumLength": 16}),
    },
    refuses={
        "short": refusal(
            made(ACCOUNT, minimumPasswordLength=8, passwordReusePrevention=24), f"AccountPasswordPolicy shop {WRONG}"
        ),
        "used again": refusal(made(ACCOUNT, minimumPasswordLength=14), f"AccountPasswordPolicy shop {WRONG}"),
        "a pool": refusal(made(POOL, passwordPolicy={"minimumLength": 8}), f"UserPool shop {WRONG}"),
        "a pool that does not say": refusal(made(POOL), f"UserPool shop {WRONG}"),
    },
)
