"""Keep the index: in the transaction that changes a label, or anew from nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction
from django.db.models import F

from cradlemark.label.claim import Claim, read_claim
from cradlemark.registry.labels.models import Label
from cradlemark.registry.search.models import Clock, Row
from cradlemark.registry.search.row import row_of

BATCH = 500


def add_rows(labels: Sequence[Label], claims: Mapping[str, Claim]) -> None:
    """Index new labels; within the transaction that stores them.

    Parameters
    ----------
    labels : sequence of Label
    claims : mapping of str to Claim
        By number.
    """
    clock = _tick()
    rows = [_row(label, claims[label.number], clock) for label in labels]
    Row.objects.bulk_create(rows, batch_size=BATCH)


def renew_states(labels: Iterable[Label]) -> None:
    """Take over the states of labels; within the transaction that changes them."""
    by_state: defaultdict[str, list[int]] = defaultdict(list)
    for label in labels:
        by_state[label.state].append(label.sequence)
    clock = _tick() if by_state else 0
    for state, sequences in by_state.items():
        for begin in range(0, len(sequences), BATCH):
            rows = Row.objects.filter(sequence__in=sequences[begin : begin + BATCH])
            rows.update(state=state, clock=clock)


def rebuild() -> int:
    """Make the whole index anew from the stored claims and states; returns the number of rows."""
    with transaction.atomic():
        Clock.objects.filter(pk=1).update(epoch=F("epoch") + 1)
        Row.objects.all().delete()
        clock, count = _tick(), 0
        last = -1
        while labels := list(Label.objects.filter(sequence__gt=last).order_by("sequence")[:BATCH]):
            Row.objects.bulk_create([_row(label, read_claim(bytes(label.claim)), clock) for label in labels])
            count, last = count + len(labels), labels[-1].sequence
    return count


def _row(label: Label, claim: Claim, clock: int) -> Row:
    return Row(
        sequence=label.sequence, label_id=label.number, state=label.state, clock=clock, **row_of(claim)
    )


def _tick() -> int:
    Clock.objects.filter(pk=1).update(number=F("number") + 1)
    return Clock.objects.values_list("number", flat=True).get(pk=1)
