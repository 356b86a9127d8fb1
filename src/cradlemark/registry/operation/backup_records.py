"""Remember backups in the register itself, so that its pages can tell of their age and whether they were read again."""

from __future__ import annotations

import datetime

from cradlemark.registry.operation.backup import Backup
from cradlemark.registry.operation.manifest import check_digests
from cradlemark.registry.operation.models import BackupRecord

LONGEST = 500


def note_backup(made: Backup, *, time: datetime.datetime) -> BackupRecord:
    """Remember a backup; it is not verified yet."""
    return BackupRecord.objects.create(
        made=time, folder=str(made.folder)[-LONGEST:], digest=made.digest, entries=made.manifest.entries
    )


def verify_backup(made: Backup, noted: BackupRecord, *, time: datetime.datetime) -> None:
    """Read every file of a backup again, from where it lies now, and remember that it is whole.

    Raises
    ------
    InputErrors
        ``backup-damaged``
    """
    check_digests(made.folder, expected=made.digest)
    noted.verified = time
    noted.save(update_fields=["verified"])
