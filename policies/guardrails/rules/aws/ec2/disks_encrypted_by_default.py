"""The account encrypts disks even where nobody asks for it.

Field: `enabled`; unset is sound. Reference: CIS AWS Foundations 5.1.1, FSBP EC2.7.
"""

from guardrails.examples.aws import made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

DEFAULT = "aws:ebs/encryptionByDefault:EncryptionByDefault"
FIELD = ("enabled",)
WRONG = "leaves new disks unencrypted"


def check(found: Object) -> Faults:
    """Ask for the one field."""
    if found.other(*FIELD, than=(True,)):
        yield found.fails(WRONG, *FIELD)


RULE = Rule(
    id="disks-encrypted-by-default",
    title="Accounts encrypt disks by default",
    why="A disk that somebody makes by hand holds customer data in plain as soon as it is copied to.",
    fix="Set enabled to true, or leave it out.",
    severity=Severity.MEDIUM,
    covers=("go-live-readiness:94",),
    kinds=frozenset({DEFAULT}),
    check=EachObject(check),
    allows={
        "set": made(DEFAULT, enabled=True),
        "unset": made(DEFAULT),
    },
    refuses={
        "off": refusal(made(DEFAULT, enabled=False), f"EncryptionByDefault shop {WRONG}"),
        "a word": refusal(made(DEFAULT, enabled="perhaps"), f"EncryptionByDefault shop {WRONG}"),
    },
)
