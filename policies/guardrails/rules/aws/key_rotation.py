"""Keys that AWS can rotate are rotated every year.

Field: `enableKeyRotation`; unset means off. Asymmetric and HMAC keys, and those of a custom key store, can't be rotated
by AWS and are not asked for it.
"""

from guardrails.amazon import is_exempt, made
from guardrails.examples import refusal
from guardrails.resources import Object
from guardrails.rule import EachObject, Faults, Rule, Severity

KEY = "aws:kms/key:Key"
WRONG = "is never rotated"


def check(key: Object) -> Faults:
    """Ask it of symmetric keys that AWS keeps."""
    if not key.lacks("enableKeyRotation", value=True):
        return
    asymmetric = is_exempt(key, "customerMasterKeySpec", than=("", "SYMMETRIC_DEFAULT"))
    if not asymmetric and not is_exempt(key, "customKeyStoreId"):
        yield key.fails(WRONG, "enableKeyRotation")


RULE = Rule(
    id="key-rotation",
    title="Symmetric keys rotate",
    why="A key that never changes makes one leak a leak of everything that it ever encrypted.",
    fix="Set enableKeyRotation to true.",
    severity=Severity.MEDIUM,
    covers=("go-live-readiness:94", "go-live-readiness:96"),
    kinds=frozenset({KEY}),
    check=EachObject(check),
    allows={
        "rotated": made(KEY, enableKeyRotation=True),
        "symmetric by name": made(KEY, enableKeyRotation=True, customerMasterKeySpec="SYMMETRIC_DEFAULT"),
        "asymmetric": made(KEY, customerMasterKeySpec="RSA_4096", keyUsage="SIGN_VERIFY"),
        "a custom key store": made(KEY, customKeyStoreId="cks-0123456789"),
    },
    refuses={
        "unset": refusal(made(KEY), f"Key shop {WRONG}"),
        "null": refusal(made(KEY, enableKeyRotation=None), f"Key shop {WRONG}"),
        "off": refusal(made(KEY, enableKeyRotation=False), f"Key shop {WRONG}"),
    },
)
