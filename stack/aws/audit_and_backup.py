"""Wire what watches over an environment: the audit trail, the account's detectors, and the backups."""

import pulumi

from components.aws.audit import Audit, AuditArgs
from components.aws.backup import Backup, BackupArgs, BackupCopies
from components.aws.buckets import Buckets
from components.aws.detection import Detection, DetectionArgs
from settings.foundation import Aws
from stack.aws.region import Region
from stack.aws.storage import AUDIT, BACKUPS, OBJECTS

KEPT = (OBJECTS, BACKUPS)
"""The buckets whose objects are watched one by one, and backed up."""


def watch(wanted: Aws, kept: Buckets, here: Region) -> None:
    """Record every request, and look for intruders, known holes and what is open."""
    audit = AuditArgs(
        place=here.place,
        bucket=kept.names[AUDIT],
        key=here.keys["audit"],
        log_key=here.keys["logs"],
        watched=tuple(kept.arns[purpose] for purpose in KEPT),
        after=kept.ready[AUDIT],
        tags=here.tags,
    )
    Audit("audit", audit, here.opts)
    regions = (wanted.region, wanted.dr.region) if wanted.dr else (wanted.region,)
    detection = DetectionArgs(account=wanted.account, regions=regions, name=wanted.name, tags=here.tags)
    Detection("detection", detection, here.opts)


def back_up(
    wanted: Aws, kept: Buckets, databases: tuple[pulumi.Output[str], ...], here: Region, there: Region | None
) -> None:
    """Back up databases and objects every day, here and in the second region."""
    args = BackupArgs(
        place=here.place,
        key=here.keys["backup"],
        lock=wanted.backup_lock,
        databases=databases,
        buckets=tuple(kept.arns[purpose] for purpose in KEPT),
        copies=BackupCopies(place=there.place, key=there.keys["backup"]) if there else None,
        tags=here.tags,
    )
    Backup("backup", args, here.opts)
