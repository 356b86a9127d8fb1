"""What waits to be published."""

from __future__ import annotations

from django.db import models


class Outbox(models.Model):
    """Something whose public files have to be written anew; the row goes when they are."""

    kind = models.CharField(max_length=20)
    subject = models.CharField(max_length=120)

    class Meta:
        """First in, first out; each subject once."""

        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("kind", "subject"), name="waits_once"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
