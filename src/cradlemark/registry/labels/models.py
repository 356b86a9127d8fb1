"""Labels and the changes of their state."""

from __future__ import annotations

from django.db import models

from cradlemark.registry.log.models import Entry


class Label(models.Model):
    """A label: the claim as it was stored before it was signed, and its present state."""

    number = models.CharField(primary_key=True, max_length=40)
    sequence = models.PositiveBigIntegerField(unique=True)
    claim = models.BinaryField()
    claim_digest = models.CharField(max_length=80)
    state = models.CharField(max_length=20, db_index=True)
    valid_until = models.DateField(db_index=True)
    request = models.CharField(max_length=100, unique=True)
    """Idempotency key of the request that issued it."""
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="label")
    status_index = models.PositiveBigIntegerField(unique=True)
    """Place in the status lists."""
    credential = models.TextField(default="")
    """Signed credential; empty until it is signed."""
    previous = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="followers")
    bundle = models.CharField(max_length=80, default="", db_index=True)
    """Digest of the sealed bundle that the claim rests on."""

    class Meta:
        """Labels stand in the order of their numbers."""

        ordering = ("sequence",)

    def __str__(self) -> str:
        return self.number


class Benchmark(models.Model):
    """A version of the population of one comparability class, as it was published; nothing is overwritten."""

    digest = models.CharField(primary_key=True, max_length=80)
    comparability = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    content = models.BinaryField()
    """The document, byte for byte."""
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="benchmark")

    class Meta:
        """The versions of a class are a chain."""

        ordering = ("comparability", "version")
        constraints = (
            models.UniqueConstraint(fields=("comparability", "version"), name="one_of_each_version"),
        )

    def __str__(self) -> str:
        return f"{self.comparability} {self.version}"


class Change(models.Model):
    """A change of state, with its entry in the log; nothing is overwritten."""

    label = models.ForeignKey(Label, on_delete=models.PROTECT, related_name="changes")
    step = models.CharField(max_length=30)
    state = models.CharField(max_length=20)
    role = models.CharField(max_length=30)
    actor = models.CharField(max_length=120)
    reason = models.CharField(max_length=500)
    request = models.CharField(max_length=100, unique=True)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="change")

    class Meta:
        """Changes stand in the order of the log."""

        ordering = ("entry",)

    def __str__(self) -> str:
        return f"{self.label_id} {self.step}"
