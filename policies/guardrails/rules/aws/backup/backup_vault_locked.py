"""Nobody deletes a backup before its time.

Each vault needs a `VaultLockConfiguration` for its name with `minRetentionDays` of 30 at least. Reference: the
checklist's thirty days, Checkov CKV_AWS_390.
"""

from collections.abc import Sequence

from guardrails.aws.relations import require_companion
from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import Rule, Severity, WholeStack

VAULT = "aws:backup/vault:Vault"
LOCK = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
DAYS = 30
PROBLEM = "lets backups be deleted before thirty days"


def check(stack: Sequence[Object]) -> Violations:
    """Find each vault's lock."""
    locks = [(obj, "backupVaultName") for obj in stack if obj.id == LOCK]
    for vault in stack:
        if vault.id == VAULT:
            yield from require_companion(vault, "name", PROBLEM, locks, _sound)


def _sound(lock: Object) -> tuple[bool, list[Node]]:
    days = lock.at("minRetentionDays")
    value = days.plain
    long = isinstance(value, int | float) and not isinstance(value, bool) and value >= DAYS
    return long or isinstance(value, Unknown), [days]


def _lock(vault: str = "shop", days: Plain = DAYS) -> tuple[Resource, ...]:
    return aws_resource(LOCK, "lock", backupVaultName=vault, minRetentionDays=days)


SHOP = aws_resource(VAULT, name="shop")
ELSEWHERE: dict[str, Plain] = {"backupVaultName": "shop", "minRetentionDays": DAYS, "region": "us-west-2"}

CURE = Unknown.LATER.cure.removesuffix(".")

RULE = Rule(
    id="backup-vault-locked",
    title="Backup vaults are locked",
    why="Whoever encrypts the data for ransom deletes the backups first, with the rights of whoever made them.",
    fix="Name the vault, and add a VaultLockConfiguration for that name with minRetentionDays 30 or more.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:115", "production:11", "optibid:75"),
    kinds=frozenset({VAULT, LOCK}),
    check=WholeStack(check),
    allows={
        "thirty days": (*SHOP, *_lock()),
        "longer": (*SHOP, *_lock(days=365)),
    },
    refuses={
        "no lock": bad_example(SHOP, f"Vault shop {PROBLEM}"),
        "another vault's": bad_example((*SHOP, *_lock("other")), f"Vault shop {PROBLEM}"),
        "another region's": bad_example(
            (*aws_resource(VAULT, name="shop", region="us-east-1"), *aws_resource(LOCK, "lock", **ELSEWHERE)),
            f"Vault shop {PROBLEM}",
        ),
        "a lock of nobody knows where": bad_example(
            (*aws_resource(VAULT, name="shop", region="us-east-1"), *_lock()),
            f"VaultLockConfiguration lock cannot be decided at preview: region {Unknown.LATER.value}. {CURE}",
        ),
        "a second lock that undoes the first": bad_example(
            (*SHOP, *_lock(), *aws_resource(LOCK, "again", backupVaultName="shop", minRetentionDays=7)),
            f"Vault shop {PROBLEM}",
        ),
        "a week": bad_example((*SHOP, *_lock(days=7)), f"Vault shop {PROBLEM}"),
        "no time said": bad_example((*SHOP, *_lock(days=None)), f"Vault shop {PROBLEM}"),
    },
)
