"""Invitations, tokens of programs, resets of second factors, and answers that were given; secrets are kept as their digest only."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from cradlemark.registry.people.models import Organisation

DIGEST = 64
"""Characters of a SHA-256, hexadecimal."""


class Invitation(models.Model):
    """A link that gives one person one role in one organisation, once."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="invitations")
    role = models.CharField(max_length=30)
    email = models.EmailField(blank=True)
    """Whom it is for; empty when whoever has the link may take it."""
    token = models.CharField(max_length=DIGEST, unique=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    """Nobody for one that was made at the command line."""
    time = models.DateTimeField()
    expires = models.DateTimeField()
    taken = models.DateTimeField(null=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn = models.DateTimeField(null=True)

    class Meta:
        """The newest one stands first."""

        ordering = ("-id",)

    def __str__(self) -> str:
        return f"invitation {self.pk} {self.role}"


class Token(models.Model):
    """What a program shows to act for a person, within its scopes and until it expires."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=DIGEST, unique=True)
    ending = models.CharField(max_length=4)
    """Last characters, by which a person knows it again."""
    scopes = models.JSONField(default=list)
    time = models.DateTimeField()
    expires = models.DateTimeField()
    used = models.DateTimeField(null=True)
    """When it was shown last, to the hour."""
    revoked = models.DateTimeField(null=True)

    class Meta:
        """The newest one stands first."""

        ordering = ("-id",)

    def __str__(self) -> str:
        return f"token {self.pk} {self.name}"


class FactorReset(models.Model):
    """Somebody who lost the second factor is to set up a new one: asked for by one person of the programme, decided by another."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="factor_resets")
    reason = models.CharField(max_length=500)
    """How it was made sure who asks."""
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    time = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided = models.DateTimeField(null=True)
    granted = models.BooleanField(default=False)

    class Meta:
        """The newest one stands first; nobody has a part in the own one, and nobody has both parts."""

        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(condition=~Q(asked_by=F("user")), name="reset_asked_by_another"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | (~Q(decided_by=F("user")) & ~Q(decided_by=F("asked_by"))),
                name="reset_decided_by_a_third",
            ),
            models.UniqueConstraint(fields=("user",), condition=Q(decided=None), name="reset_open_once"),
        )

    def __str__(self) -> str:
        return f"factor reset {self.pk} of {self.user_id}"


class Answer(models.Model):
    """The answer to a request that changed something, for whoever repeats it with the same key."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=100)
    request = models.CharField(max_length=DIGEST)
    """Digest of method, address and body."""
    status = models.PositiveSmallIntegerField()
    content = models.JSONField()
    time = models.DateTimeField()

    class Meta:
        """Each key of a person once."""

        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("user", "key"), name="answered_once"),)

    def __str__(self) -> str:
        return f"answer {self.key}"


class Counter(models.Model):
    """How often somebody has asked in one span of time; on PostgreSQL, where several machines count together."""

    key = models.CharField(primary_key=True, max_length=120)
    window = models.BigIntegerField()
    """Running number of the span."""
    count = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.key} {self.count}"
