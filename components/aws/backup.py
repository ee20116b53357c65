"""Backups that nobody can shorten: daily, kept thirty days, copied to the second region, and restored every week."""

from typing import Annotated, Literal

import pulumi
import pulumi_aws as aws
from pydantic import Field

from components.args import Args, Wire
from components.aws.iam import Place, managed, trust

DAYS = 30
"""How long a backup is kept (go-live-readiness:115)."""
LONGEST_DAYS = 366
"""How long one may be kept; what is locked can't be deleted earlier either."""
GRACE_DAYS = 3
"""How long a compliance lock can still be taken off; AWS takes no less."""
TAG = ("backup", "daily")
"""What volumes of the cluster bear that want to be backed up."""

DAILY = "cron(0 5 * * ? *)"
WEEKLY = "cron(0 7 ? * SUN *)"
START_MINUTES = 60
FINISH_MINUTES = 360
VALIDATION_HOURS = 24
"""How long what was restored stays for a look at it."""

POLICIES = (
    "service-role/AWSBackupServiceRolePolicyForBackup",
    "service-role/AWSBackupServiceRolePolicyForRestores",
    "AWSBackupServiceRolePolicyForS3Backup",
    "AWSBackupServiceRolePolicyForS3Restore",
)
"""AWS's own policies for its backup service."""


class BackupCopies(Args):
    """The second region, where a copy of each backup lies."""

    place: Place
    key: Wire[str]
    """The ARN of the backup key there."""


class BackupArgs(Args):
    """What is backed up, and how firmly."""

    place: Place
    key: Wire[str]
    """The ARN of the backup key."""
    lock: Literal["compliance", "governance"]
    """A compliance lock can't be taken off by anybody after three days; a governance lock by administrators."""
    databases: tuple[Wire[str], ...] = ()
    """ARNs of RDS instances."""
    buckets: tuple[Wire[str], ...] = ()
    """ARNs of buckets, all of them versioned."""
    copies: BackupCopies | None = None
    days: Annotated[int, Field(ge=DAYS, le=LONGEST_DAYS)] = DAYS
    tags: dict[str, str]


class Backup(pulumi.ComponentResource):
    """Owns the vaults, their locks, the daily plan, and the plan that restores what was backed up.

    Answers go-live-readiness:115 and optibid:75 (daily backups for thirty days), production:11 and production:51
    (a strategy that is tested), go-live-readiness:118 and production:49 (copies in another region) and
    go-live-readiness:194. Volumes of the cluster take part by the tag ``backup: daily``.
    """

    vault_arn: pulumi.Output[str]
    """The vault of the first region."""
    plan_id: pulumi.Output[str]
    """The daily plan."""

    def __init__(self, name: str, args: BackupArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("golive:aws:Backup", name, None, opts)
        vault = self._vault(name, args, args.place, args.key)
        copy = None
        if args.copies is not None:
            copy = self._vault(f"{name}-copy", args, args.copies.place, args.copies.key)
        role = self._role(name, args)
        plan = self._plan(name, args, vault, copy)
        self._selection(name, args, plan, role)
        self._restore_test(name, args, vault, role)
        self.vault_arn = vault.arn
        self.plan_id = plan.id
        self.register_outputs({"vault_arn": self.vault_arn, "plan_id": self.plan_id})

    def _vault(self, name: str, args: BackupArgs, place: Place, key: Wire[str]) -> aws.backup.Vault:
        """Make a vault and lock it."""
        vault = aws.backup.Vault(
            f"{name}-vault",
            name=f"{place.name}-backups",
            kms_key_arn=key,
            region=place.region,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        aws.backup.VaultLockConfiguration(
            f"{name}-lock",
            backup_vault_name=vault.name,
            min_retention_days=DAYS,
            max_retention_days=LONGEST_DAYS,
            changeable_for_days=GRACE_DAYS if args.lock == "compliance" else None,
            region=place.region,
            opts=pulumi.ResourceOptions(parent=self),
        )
        return vault

    def _plan(
        self, name: str, args: BackupArgs, vault: aws.backup.Vault, copy: aws.backup.Vault | None
    ) -> aws.backup.Plan:
        kept: aws.backup.PlanRuleLifecycleArgsDict = {"delete_after": args.days}
        rule: aws.backup.PlanRuleArgsDict = {
            "rule_name": "daily",
            "target_vault_name": vault.name,
            "schedule": DAILY,
            "start_window": START_MINUTES,
            "completion_window": FINISH_MINUTES,
            "lifecycle": kept,
            "recovery_point_tags": args.tags,
        }
        if copy is not None:
            rule["copy_actions"] = [{"destination_vault_arn": copy.arn, "lifecycle": {"delete_after": args.days}}]
        return aws.backup.Plan(
            f"{name}-plan",
            name=f"{args.place.name}-daily",
            rules=[rule],
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _selection(self, name: str, args: BackupArgs, plan: aws.backup.Plan, role: aws.iam.Role) -> None:
        """Take what is named, and whatever bears the tag."""
        key, value = TAG
        aws.backup.Selection(
            f"{name}-selection",
            name=f"{args.place.name}-daily",
            plan_id=plan.id,
            iam_role_arn=role.arn,
            resources=[*args.databases, *args.buckets],
            selection_tags=[{"type": "STRINGEQUALS", "key": key, "value": value}],
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _restore_test(self, name: str, args: BackupArgs, vault: aws.backup.Vault, role: aws.iam.Role) -> None:
        """Restore the newest backup of each database every week; AWS takes away what it restored."""
        if not args.databases:
            return
        words = args.place.name.replace("-", "_")  # the only sign that AWS allows in these names
        plan = aws.backup.RestoreTestingPlan(
            f"{name}-restore-test",
            name=f"{words}_weekly",
            schedule_expression=WEEKLY,
            start_window_hours=1,
            recovery_point_selection={
                "algorithm": "LATEST_WITHIN_WINDOW",
                "include_vaults": [vault.arn],
                "recovery_point_types": ["SNAPSHOT"],
                "selection_window_days": DAYS,
            },
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        aws.backup.RestoreTestingSelection(
            f"{name}-restore-test-databases",
            name=f"{words}_databases",
            restore_testing_plan_name=plan.name,
            protected_resource_type="RDS",
            protected_resource_arns=list(args.databases),
            iam_role_arn=role.arn,
            validation_window_hours=VALIDATION_HOURS,
            restore_metadata_overrides={"multiAz": "false", "publiclyAccessible": "false"},
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _role(self, name: str, args: BackupArgs) -> aws.iam.Role:
        role = aws.iam.Role(
            f"{name}-role",
            name=f"{args.place.name}-backup",
            description="AWS Backup reads what it backs up and writes what it restores",
            assume_role_policy=trust("backup.amazonaws.com", account=args.place.account),
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        for policy in POLICIES:
            aws.iam.RolePolicyAttachment(
                f"{name}-role-{policy.rpartition('/')[2]}",
                role=role.name,
                policy_arn=managed(policy),
                opts=pulumi.ResourceOptions(parent=self),
            )
        return role
