"""Problems as they were reported, and what became of them."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from cradlemark.core.language import Text
from cradlemark.registry.labels.models import Label

KINDS = ("figure", "counterfeit", "misuse", "product", "other")
OUTCOMES = ("upheld", "not_upheld", "not_for_us")


class Complaint(models.Model):
    """A problem that somebody reported, without an account.

    What was written and how to reach the person are for the programme only; label, kind, days and outcome are public.
    """

    ticket = models.CharField(max_length=12, primary_key=True)
    request = models.CharField(max_length=100, unique=True)
    """Idempotency key of the form."""
    label = models.ForeignKey(Label, null=True, on_delete=models.PROTECT, related_name="complaints")
    number = models.CharField(max_length=60, blank=True)
    """Number as it was typed; of a label that was never issued as well."""
    kind = models.CharField(max_length=20, choices=[(kind, kind) for kind in KINDS])
    text = models.TextField(max_length=4000)
    contact = models.CharField(max_length=254, blank=True)
    sender = models.CharField(max_length=64, db_index=True)
    """Keyed digest of the sender's address and the day; for the limit only."""
    received = models.DateTimeField(db_index=True)
    acknowledged = models.DateTimeField(null=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="complaints"
    )
    """Who looks into it."""
    answered = models.DateTimeField(null=True)
    """When the person was answered."""
    outcome = models.CharField(max_length=20, blank=True)
    """Empty while it is looked at."""
    explanation_en = models.CharField(max_length=1000, blank=True)
    explanation_zh = models.CharField(max_length=1000, blank=True)
    closed = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        """The oldest first; what is closed has an outcome, and nothing else has."""

        ordering = ("received",)
        constraints = (
            models.CheckConstraint(condition=models.Q(kind__in=KINDS), name="complaint_kind_known"),
            models.CheckConstraint(
                condition=models.Q(outcome="", closed=None)
                | models.Q(outcome__in=OUTCOMES, closed__isnull=False),
                name="complaint_closed_with_outcome",
            ),
        )

    def __str__(self) -> str:
        return self.ticket

    @property
    def state(self) -> str:
        """How far it is: ``received``, ``acknowledged``, ``assigned``, ``answered``, ``closed``."""
        if self.closed:
            return "closed"
        if self.answered:
            return "answered"
        if self.assignee_id is not None:
            return "assigned"
        return "acknowledged" if self.acknowledged else "received"

    @property
    def explanation(self) -> Text:
        """What the programme says to the public, in both languages."""
        return Text(self.explanation_en, self.explanation_zh)


class ComplaintStep(models.Model):
    """Something that was done about a report; the database refuses to change or delete one."""

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=30)
    text = models.CharField(max_length=2000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    time = models.DateTimeField()

    class Meta:
        """In the order in which they were done."""

        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.step}"
