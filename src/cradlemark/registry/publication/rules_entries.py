"""The programme and the rule packs that it rests on are in the log, and are logged again whenever they change."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from cradlemark.core.canonical import read_json
from cradlemark.core.errors import NotFoundError
from cradlemark.registry.home import Home
from cradlemark.registry.log.append import Record, append
from cradlemark.registry.log.models import Entry
from cradlemark.registry.writing import writing
from cradlemark.rules.pack import load_pack


def log_rules(home: Home, *, time: datetime.datetime) -> list[Entry]:
    """Log the programme and its rule packs as far as they are not what was logged last; returns the new entries.

    A new version of the software can bring other rule packs, and an operator can change the programme.
    """
    with writing():
        return append([record for record in _records(home) if not _is_last(record)], time=time)


def _records(home: Home) -> Iterator[Record]:
    programme = home.programme
    yield Record("programme", programme.id, {"version": programme.version, "digest": programme.digest})
    for name in programme.rule_packs:
        try:
            pack = load_pack(name)
        except NotFoundError:
            continue  # it went with an older version: nothing new is granted under it, but the register goes on
        yield Record("rules", pack.id, {"version": pack.version, "digest": pack.digest})


def _is_last(record: Record) -> bool:
    """Whether this is what the log says of it already."""
    last = Entry.objects.filter(subject=record.subject, kind=record.kind).order_by("-index").first()
    return last is not None and read_json(bytes(last.record))["digest"] == record.content["digest"]
