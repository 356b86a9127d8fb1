"""Times in which the register was frozen, and backups that were made of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cradlemark.core.language import Text


class Freeze(models.Model):
    """A time in which nothing is written; it lasts until it is lifted."""

    since = models.DateTimeField()
    reason_en = models.CharField(max_length=500)
    reason_zh = models.CharField(max_length=500)
    expected = models.DateTimeField(null=True)
    """When it is expected to end; nothing happens then by itself."""
    lifted = models.DateTimeField(null=True)
    active = models.BooleanField(default=True)
    """Whether it lasts."""

    class Meta:
        """One at a time."""

        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("active",), condition=Q(active=True), name="frozen_once"),
        )

    @property
    def reason(self) -> Text:
        """Reason in both languages."""
        return Text(self.reason_en, self.reason_zh)

    def __str__(self) -> str:
        return f"frozen since {self.since:%Y-%m-%d %H:%M}"


class BackupRecord(models.Model):
    """A backup that was made, and when it was last read again and found whole."""

    made = models.DateTimeField()
    folder = models.CharField(max_length=500)
    digest = models.CharField(max_length=64, db_index=True)
    """SHA-256 of its list of digests, hexadecimal."""
    entries = models.PositiveBigIntegerField()
    """Entries of the log in it."""
    verified = models.DateTimeField(null=True)

    class Meta:
        """Backups stand in the order in which they were made."""

        ordering = ("id",)

    def __str__(self) -> str:
        return f"backup {self.folder}"
