"""Entries of the log, as they are stored before anything is signed or published."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """One entry; its place in the log is its identity.

    The database itself refuses to change or delete a row (triggers of the first migration).
    """

    index = models.PositiveBigIntegerField(primary_key=True)
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=120, db_index=True)
    record = models.BinaryField()
    """Canonical document, exactly the bytes of the leaf."""
    time = models.DateTimeField()

    class Meta:
        """Entries stand in the order of the log."""

        ordering = ("index",)

    def __str__(self) -> str:
        return f"{self.index} {self.kind} {self.subject}"
