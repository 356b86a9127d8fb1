"""Accreditations and their ends; the database refuses to change or delete one."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from cradlemark.registry.people.models import Organisation


class Accreditation(models.Model):
    """A verification body, or one person of it, may verify studies under a rule pack."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="accreditations")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="accreditations"
    )
    """The person; null for every verifier of the body."""
    rule_pack = models.CharField(max_length=120)
    reference = models.CharField(max_length=200)
    """Number of the accreditation and who has given it."""
    valid_from = models.DateField()
    valid_until = models.DateField()
    """Last day; afterwards nothing has to be done to end it."""
    reason = models.CharField(max_length=500)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    time = models.DateTimeField()

    class Meta:
        """The newest first; the last day is not before the first."""

        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(valid_until__gte=models.F("valid_from")), name="accreditation_lasts"
            ),
        )

    def __str__(self) -> str:
        return f"accreditation {self.pk} {self.rule_pack}"


class AccreditationEnd(models.Model):
    """An accreditation was taken back before its last day."""

    accreditation = models.OneToOneField(Accreditation, on_delete=models.PROTECT, related_name="end")
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    time = models.DateTimeField()

    class Meta:
        """In the order in which they ended."""

        ordering = ("id",)

    def __str__(self) -> str:
        return f"end of accreditation {self.accreditation_id}"
