"""What waits to be published is noted in the transaction that changes it."""

from __future__ import annotations

from collections.abc import Iterable

from cradlemark.registry.publication.models import Outbox

BATCH = 500
LABEL = "label"
"""Kind of a label whose record, state and pages wait to be written; its subject is the number."""
BENCHMARK = "benchmark"
"""Kind of a population that was published; its subject is the digest."""
ARTWORK = "artwork"
"""Kind of a label whose pictures and certificate wait to be drawn; its subject is the number."""
RESIGN = "resign"
"""Kind of what has to be signed anew before it is published."""


def enqueue(kind: str, subjects: Iterable[str]) -> None:
    """Note subjects whose files have to be written anew.

    What waits already is noted as a new row, so that a publisher that is writing the former state does not cross off the new one.
    """
    wanted = list(subjects)
    for begin in range(0, len(wanted), BATCH):
        batch = wanted[begin : begin + BATCH]
        Outbox.objects.filter(kind=kind, subject__in=batch).delete()
        Outbox.objects.bulk_create([Outbox(kind=kind, subject=subject) for subject in batch])
