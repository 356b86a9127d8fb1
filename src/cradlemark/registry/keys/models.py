"""Keys that the programme signs with: public parts and times; private keys stay where they are."""

from __future__ import annotations

from django.db import models


class Key(models.Model):
    """A key.

    A key that is replaced keeps its row: what it signed while it was in use stays valid.
    """

    id = models.CharField(primary_key=True, max_length=80)
    purpose = models.CharField(max_length=20, db_index=True)
    algorithm = models.CharField(max_length=20)
    public_key = models.BinaryField()
    signer = models.CharField(max_length=500)
    """Where it signs: ``file:log.pem``, ``pkcs11:...`` or ``command:...``."""
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    compromised = models.BooleanField(default=False)
    emergency = models.BooleanField(default=False, db_default=False)
    """Whether it came without the signature of the key before it, which was lost."""
    first_size = models.PositiveBigIntegerField(default=0, db_default=0)
    """Of a key of the log: the smallest log that it signs."""
    last_size = models.PositiveBigIntegerField(null=True)
    """Of a former key of the log: the largest log that needs it."""
    signs_until = models.DateTimeField(null=True)
    """Of a former key of the log: how long it goes on signing beside the one in use, for readers who do not know that yet."""

    class Meta:
        """One key of each purpose is in use."""

        ordering = ("since", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("purpose",), condition=models.Q(until__isnull=True), name="one_key_in_use"
            ),
        )

    def __str__(self) -> str:
        return self.id
