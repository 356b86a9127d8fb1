"""Put records into the log: stored, with their place, before anything of them is signed or published."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import attrs
from django.db import connection

from cradlemark.core.canonical import canonical_json
from cradlemark.core.errors import StateError
from cradlemark.core.language import Text
from cradlemark.registry.log.models import Entry
from cradlemark.registry.writing import writing
from cradlemark.trust.tiles import check_entry

SCHEMA = "cradlemark-log/1"
Kind = Literal[
    "issue", "revision", "state", "key", "programme", "rules", "witnesses", "benchmark", "distrust"
]


@attrs.frozen
class Record:
    """What is logged: a kind, whom it is about, and digests and words; never a whole study."""

    kind: Kind
    subject: str
    content: Mapping[str, Any]


def append(records: Sequence[Record], *, time: datetime.datetime) -> list[Entry]:
    """Append records in order.

    Parameters
    ----------
    records : sequence of Record
    time : datetime
        Now, in UTC; whole seconds are kept.

    Raises
    ------
    StateError
        ``no-transaction`` outside of a transaction: a place in the log and what it is about are stored together or
        not at all.
    InputError
        ``log-entry`` for a record that is too long.
    """
    if not connection.in_atomic_block:
        raise StateError(
            Text("the log is written within a transaction", "日志须在事务中写入"),
            code="no-transaction",
            hint=Text("begin one", "先开始事务"),
        )
    first = next_index()
    entries = [
        Entry(
            index=first + place,
            kind=record.kind,
            subject=record.subject,
            record=leaf(record, time),
            time=time,
        )
        for place, record in enumerate(records)
    ]
    Entry.objects.bulk_create(entries)
    return entries


def append_alone(record: Record, *, time: datetime.datetime) -> Entry:
    """Append one record that goes with nothing else."""
    with writing():
        return append([record], time=time)[0]


def next_index() -> int:
    """Place of the next entry; within a transaction nobody else gets it."""
    last = Entry.objects.order_by("-index").values_list("index", flat=True).first()
    return 0 if last is None else last + 1


def leaf(record: Record, time: datetime.datetime) -> bytes:
    """Bytes of the leaf: canonical JSON of the record."""
    content = canonical_json(
        {
            "schema": SCHEMA,
            "kind": record.kind,
            "subject": record.subject,
            "time": stamp(time),
            **record.content,
        }
    )
    check_entry(content)
    return content


def stamp(time: datetime.datetime) -> str:
    """A time as records say it: ISO, UTC, whole seconds."""
    return time.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
