"""Keys that AWS can rotate are rotated every year.

Fields: `enableKeyRotation`, where unset means off, and `rotationPeriodInDays`, where unset means 365. Asymmetric and
HMAC keys, and those of a custom key store, can't be rotated by AWS and are not asked for it.
"""

from guardrails.aws.relations import is_exempt
from guardrails.examples.aws import made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

KEY = "aws:kms/key:Key"
DAYS = 365
WRONG = "is never rotated"
RARE = "is rotated less than once a year"


def check(key: Object) -> Faults:
    """Ask it of symmetric keys that AWS keeps."""
    if not key.lacks("enableKeyRotation", value=True):
        days = key.read("rotationPeriodInDays")
        if isinstance(days, int | float) and days > DAYS:
            yield key.fails(RARE, "rotationPeriodInDays")
        return
    asymmetric = is_exempt(key, "customerMasterKeySpec", than=("", "SYMMETRIC_DEFAULT"))
    if not asymmetric and not is_exempt(key, "customKeyStoreId"):
        yield key.fails(WRONG, "enableKeyRotation")


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
        "rotated": made(KEY, enableKeyRotation=True),
        "every half year": made(KEY, enableKeyRotation=True, rotationPeriodInDays=180),
        "symmetric by name": made(KEY, enableKeyRotation=True, customerMasterKeySpec="SYMMETRIC_DEFAULT"),
        "asymmetric": made(KEY, customerMasterKeySpec="RSA_4096", keyUsage="SIGN_VERIFY"),
        "a custom key store": made(KEY, customKeyStoreId="cks-0123456789"),
    },
    refuses={
        "unset": refusal(made(KEY), f"Key shop {WRONG}"),
        "null": refusal(made(KEY, enableKeyRotation=None), f"Key shop {WRONG}"),
        "every seven years": refusal(made(KEY, enableKeyRotation=True, rotationPeriodInDays=2560), f"Key shop {RARE}"),
        "off": refusal(made(KEY, enableKeyRotation=False), f"Key shop {WRONG}"),
    },
)
