"""The account encrypts disks even where nobody asks for it.

Field: `enabled`; unset is sound. Reference: CIS AWS Foundations 5.1.1, FSBP EC2.7.
"""

from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

DEFAULT = "aws:ebs/encryptionByDefault:EncryptionByDefault"
FIELD = ("enabled",)
PROBLEM = "leaves new disks unencrypted"


def check(obj: Object) -> Violations:
    """Ask for the one field."""
    if obj.differs_from(*FIELD, than=(True,)):
        yield obj.fails(PROBLEM, *FIELD)


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
        "set": aws_resource(DEFAULT, enabled=True),
        "unset": aws_resource(DEFAULT),
    },
    refuses={
        "off": bad_example(aws_resource(DEFAULT, enabled=False), f"EncryptionByDefault shop {PROBLEM}"),
        "a word": bad_example(aws_resource(DEFAULT, enabled="perhaps"), f"EncryptionByDefault shop {PROBLEM}"),
    },
)
