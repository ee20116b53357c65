"""Keys that AWS can rotate are rotated every year.

Fields: `enableKeyRotation`, where unset means off, and `rotationPeriodInDays`, where unset means 365. Asymmetric and
HMAC keys, and those of a custom key store, can't be rotated by AWS and are not asked for it.
"""

from guardrails.aws.relations import is_exempt
from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

KEY = "aws:kms/key:Key"
DAYS = 365
PROBLEM = "is never rotated"
RARE = "is rotated less than once a year"


def check(key: Object) -> Violations:
    """Ask it of symmetric keys that AWS keeps."""
    if not key.is_not("enableKeyRotation", value=True):
        days = key.read("rotationPeriodInDays")
        if isinstance(days, int | float) and days > DAYS:
            yield key.fails(RARE, "rotationPeriodInDays")
        return
    asymmetric = is_exempt(key, "customerMasterKeySpec", than=("", "SYMMETRIC_DEFAULT"))
    if not asymmetric and not is_exempt(key, "customKeyStoreId"):
        yield key.fails(PROBLEM, "enableKeyRotation")


RULE = Rule(
    id="key-rotation",
    title="Symmetric keys rotate",
    why="A key that never changes makes one leak a leak of everything that it ever encrypted.",
    fix="Set enableKeyRotation to true, and rotationPeriodInDays to 365 at most.",
    severity=Severity.MEDIUM,
    covers=("go-live-readiness:94", "go-live-readiness:96"),
    kinds=frozenset({KEY}),
    check=EachObject(check),
    allows={
        "rotated": aws_resource(KEY, enableKeyRotation=True),
        "every half year": aws_resource(KEY, enableKeyRotation=True, rotationPeriodInDays=180),
        "symmetric by name": aws_resource(KEY, enableKeyRotation=True, customerMasterKeySpec="SYMMETRIC_DEFAULT"),
        "asymmetric": aws_resource(KEY, customerMasterKeySpec="RSA_4096", keyUsage="SIGN_VERIFY"),
        "a custom key store": aws_resource(KEY, customKeyStoreId="cks-0123456789"),
    },
    refuses={
        "unset": bad_example(aws_resource(KEY), f"Key shop {PROBLEM}"),
        "null": bad_example(aws_resource(KEY, enableKeyRotation=None), f"Key shop {PROBLEM}"),
        "every seven years": bad_example(
            aws_resource(KEY, enableKeyRotation=True, rotationPeriodInDays=2560), f"Key shop {RARE}"
        ),
        "off": bad_example(aws_resource(KEY, enableKeyRotation=False), f"Key shop {PROBLEM}"),
    },
)
