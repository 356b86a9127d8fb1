"""What waits to be published is noted in the transaction that changes it."""

from __future__ import annotations

from collections.abc import Iterable

from cradlemark.registry.publication.models import Outbox


def enqueue(kind: str, subjects: Iterable[str]) -> None:
    """Note subjects whose files have to be written anew; what waits already waits once."""
    Outbox.objects.bulk_create(
        [Outbox(kind=kind, subject=subject) for subject in subjects], ignore_conflicts=True
    )
