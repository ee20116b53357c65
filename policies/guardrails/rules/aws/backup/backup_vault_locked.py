"""Nobody deletes a backup before its time.

Each vault needs a `VaultLockConfiguration` for its name with `minRetentionDays` of 30 at least. Reference: the
checklist's thirty days, Checkov CKV_AWS_390.
"""

from collections.abc import Sequence

from guardrails.aws.relations import lacks_partner
from guardrails.examples.aws import made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import Rule, Severity, WholeStack

VAULT = "aws:backup/vault:Vault"
LOCK = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
DAYS = 30
WRONG = "lets backups be deleted before thirty days"


def check(stack: Sequence[Object]) -> Faults:
    """Find each vault's lock."""
    locks = [(found, "backupVaultName") for found in stack if found.id == LOCK]
    for vault in stack:
        if vault.id == VAULT:
            yield from lacks_partner(vault, "name", WRONG, locks, _sound)


def _sound(lock: Object) -> tuple[bool, list[Node]]:
    days = lock.at("minRetentionDays")
    value = days.plain
    long = isinstance(value, int | float) and not isinstance(value, bool) and value >= DAYS
    return long or isinstance(value, Unknown), [days]


def _lock(vault: str = "shop", days: Plain = DAYS) -> tuple[Resource, ...]:
    return made(LOCK, "lock", backupVaultName=vault, minRetentionDays=days)


SHOP = made(VAULT, name="shop")
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
        "no lock": refusal(SHOP, f"Vault shop {WRONG}"),
        "another vault's": refusal((*SHOP, *_lock("other")), f"Vault shop {WRONG}"),
        "another region's": refusal(
            (*made(VAULT, name="shop", region="us-east-1"), *made(LOCK, "lock", **ELSEWHERE)), f"Vault shop {WRONG}"
        ),
        "a lock of nobody knows where": refusal(
            (*made(VAULT, name="shop", region="us-east-1"), *_lock()),
            f"VaultLockConfiguration lock cannot be decided at preview: region {Unknown.LATER.value}. {CURE}",
        ),
        "a second lock that undoes the first": refusal(
            (*SHOP, *_lock(), *made(LOCK, "again", backupVaultName="shop", minRetentionDays=7)), f"Vault shop {WRONG}"
        ),
        "a week": refusal((*SHOP, *_lock(days=7)), f"Vault shop {WRONG}"),
        "no time said": refusal((*SHOP, *_lock(days=None)), f"Vault shop {WRONG}"),
    },
)
