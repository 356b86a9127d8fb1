"""Events, tagged ``source:subject:action``; the database refuses to change or delete one."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Event(models.Model):
    """Something that was done."""

    time = models.DateTimeField()
    tag = models.CharField(max_length=80, db_index=True)
    """For example ``portal:case:submit``."""
    subject = models.CharField(max_length=120, db_index=True)
    """What it was done to, for example the number of a case."""
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="events"
    )
    """Nobody for what the timer does."""
    role = models.CharField(max_length=30, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        """Events stand in the order in which they came."""

        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.tag} {self.subject}"
