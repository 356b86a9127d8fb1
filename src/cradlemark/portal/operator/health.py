"""Health of log, keys, publication and backups, as far as the register itself can tell."""

from __future__ import annotations

import datetime
import os
from pathlib import Path

import attrs
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from cradlemark.portal.acting import acting
from cradlemark.portal.home import home, now
from cradlemark.portal.public.log import published_checkpoint
from cradlemark.registry.files import changed_at
from cradlemark.registry.home import Home
from cradlemark.registry.keys.models import Key
from cradlemark.registry.keys.opening import FILE
from cradlemark.registry.log.models import Entry
from cradlemark.registry.log.publish import LOG
from cradlemark.registry.operation.models import BackupRecord
from cradlemark.registry.people.actor import Actor
from cradlemark.registry.publication.models import Outbox
from cradlemark.registry.witnesses.configure import Witnesses, witnesses
from cradlemark.trust.audit import CHECKPOINT
from cradlemark.trust.checkpoints import Checkpoint
from cradlemark.trust.notes import read_note

BACKUPS = "CRADLEMARK_BACKUPS"
"""Variable that names the folder into which backups are written, so that their age can be shown."""
HOURS = "CRADLEMARK_BACKUP_HOURS"
"""Variable that says from which age a backup is shown as old [h]; 26 without it: one a day, with two hours to spare (own choice)."""


@attrs.frozen
class LogHealth:
    """The log: what is stored, what is published, who signed it.

    Parameters
    ----------
    stored, published : int
        Entries.
    checkpoint : datetime or None
        When the published checkpoint was written.
    signers : tuple of str
        Names under it.
    """

    stored: int
    published: int
    checkpoint: datetime.datetime | None
    signers: tuple[str, ...]
    witnesses: Witnesses
    outbox: int

    @property
    def behind(self) -> int:
        """Entries that wait for publication; negative when more is published than stored."""
        return self.stored - self.published

    @property
    def cosigned(self) -> int:
        """Witnesses of the programme that signed."""
        return len(self.witnesses.keys.keys() & set(self.signers))


@attrs.frozen
class KeyHealth:
    """A key, and whether the register can reach it.

    Parameters
    ----------
    there : bool or None
        Whether its file lies in the home; None for a key elsewhere.
    """

    key: Key
    there: bool | None


@attrs.frozen
class BackupHealth:
    """Backups in a folder: how many there are, and the newest."""

    folder: str
    count: int
    newest: datetime.datetime | None
    name: str
    old: bool


@attrs.frozen
class KeptBackup:
    """The newest backup that the register made itself, and whether it is too old."""

    record: BackupRecord
    old: bool


@require_GET
@acting("officer", "oversight")
def health(request: HttpRequest, by: Actor) -> HttpResponse:
    """Whether everything that the programme stands on is well."""
    shown = {
        "log": log_health(home()), "keys": key_health(home()), "backups": backup_health(now()), "kept": kept_backup(now()),
        "database": connection.vendor, "may_act": by.role == "officer", "tab": "health",
    }  # fmt: skip
    return render(request, "portal/operator/health.html", shown)


def log_health(served: Home) -> LogHealth:
    """State of the log."""
    note, checkpoint = published_checkpoint()
    time = changed_at(served.public / LOG / CHECKPOINT)
    signers = (
        tuple(dict.fromkeys(line.name for line in read_note(note.encode()).signatures)) if checkpoint else ()
    )
    return LogHealth(
        Entry.objects.count(), _size(checkpoint), time, signers, witnesses(), Outbox.objects.count()
    )  # fmt: skip


def _size(checkpoint: Checkpoint | None) -> int:
    return checkpoint.size if checkpoint else 0


def key_health(served: Home) -> list[KeyHealth]:
    """Keys, those in use first."""
    keys = sorted(Key.objects.all(), key=lambda key: (key.until is not None, key.purpose, key.since))
    return [
        KeyHealth(key, (served.keys / key.signer.removeprefix(FILE)).is_file() if key.signer.startswith(FILE) else None)
        for key in keys
    ]  # fmt: skip


def backup_health(time: datetime.datetime) -> BackupHealth | None:
    """Backups in the folder that the environment names; None when it names none."""
    named = os.environ.get(BACKUPS, "")
    if not named:
        return None
    folder = Path(named)
    found = [path for path in folder.iterdir() if not path.name.startswith(".")] if folder.is_dir() else []
    newest = max(found, key=lambda path: path.stat().st_mtime, default=None)
    when = datetime.datetime.fromtimestamp(newest.stat().st_mtime, datetime.UTC) if newest else None
    old = when is None or time - when > _oldest()
    return BackupHealth(named, len(found), when, newest.name if newest else "", old)


def kept_backup(time: datetime.datetime) -> KeptBackup | None:
    """The newest backup of ``admin backup``; None when there was none."""
    newest = BackupRecord.objects.order_by("-made").first()
    return KeptBackup(newest, time - newest.made > _oldest()) if newest else None


def _oldest() -> datetime.timedelta:
    return datetime.timedelta(hours=float(os.environ.get(HOURS, "26")))
