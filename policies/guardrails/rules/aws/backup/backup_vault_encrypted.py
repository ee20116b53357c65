"""Backups are encrypted with a key of ours.

Field: `kmsKeyArn`; unset means none; one that is known only after deployment counts. Reference: FSBP Backup.1.
"""

from guardrails.aws.relations import is_own_key
from guardrails.examples.aws import key_examples
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

VAULT = "aws:backup/vault:Vault"
FIELD = ("kmsKeyArn",)
PROBLEM = "is not encrypted with a key of ours"


def check(obj: Object) -> Violations:
    """Ask for the one field."""
    if not is_own_key(obj, *FIELD):
        yield obj.fails(PROBLEM, *FIELD)


ALLOWS, REFUSES = key_examples(VAULT, FIELD, PROBLEM)

RULE = Rule(
    id="backup-vault-encrypted",
    title="Backup vaults are encrypted with a customer's key",
    why="A backup holds everything that the database held, and is easier to copy.",
    fix="Set kmsKeyArn to the ARN of the backup key.",
    severity=Severity.MEDIUM,
    covers=("go-live-readiness:94", "production:11"),
    kinds=frozenset({VAULT}),
    check=EachObject(check),
    known_after_deploy=(".".join(FIELD),),
    allows=ALLOWS,
    refuses=REFUSES,
)
