"""Rows of any table as JSON Lines, the same from SQLite and from PostgreSQL, and back.

Rows are read and written through the models, in the shape that the migrations of the backup give them: what a database keeps as text
or number is a date or a truth value again in the other one. A backup needs no program of a database server, and moves a register
from one database to the other.
"""

from __future__ import annotations

import base64
import datetime
import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.apps.registry import Apps
from django.db import connection, models
from django.db.migrations.executor import MigrationExecutor
from django.db.models.base import Model

BATCH = 500
DERIVED = frozenset({"search_row", "search_clock"})
"""Tables that are made anew from others."""
PASSING = frozenset({"django_session"})
"""Tables of which nothing is kept: whoever was signed in signs in again."""


def applied(executor: MigrationExecutor) -> dict[str, list[str]]:
    """Migrations that the database has, by app."""
    found: dict[str, list[str]] = {}
    for app, name in sorted(executor.loader.applied_migrations):
        if (app, name) in executor.loader.graph.nodes:
            found.setdefault(app, []).append(name)
    return found


def models_at(executor: MigrationExecutor, migrations: dict[str, list[str]]) -> list[type[Model]]:
    """Models as these migrations leave them, referred ones first is not needed: references are checked at the end."""
    nodes = [(app, name) for app, names in migrations.items() for name in names]
    state = executor.loader.project_state(nodes, at_end=True)
    return tables_of(state.apps)


def tables_of(apps: Apps) -> list[type[Model]]:
    """Models with a table of their own that a backup keeps, in the order of their tables."""
    found = [
        model
        for model in apps.get_models(include_auto_created=True)
        if not model._meta.proxy and model._meta.managed and model._meta.db_table not in DERIVED | PASSING
    ]
    return sorted(found, key=lambda model: model._meta.db_table)


def lines_of(model: type[Model]) -> Iterator[str]:
    """Every row of a table as one line of JSON, in the order of the primary key."""
    fields = [field.attname for field in model._meta.concrete_fields]
    rows = model._base_manager.order_by("pk").values_list(*fields)
    for row in rows.iterator(chunk_size=BATCH):
        yield json.dumps(dict(zip(fields, map(_plain, row), strict=True)), ensure_ascii=False, sort_keys=True)


def load_lines(model: type[Model], lines: Iterable[str]) -> int:
    """Insert rows exactly as they were; returns how many."""
    count, batch = 0, []
    for line in lines:
        batch.append(_made(model, json.loads(line)))
        if len(batch) == BATCH:
            count += _insert(model, batch)
            batch = []
    return count + _insert(model, batch)


def reset_sequences(tables: Iterable[type[Model]]) -> None:
    """Let numbers that the database gives out go on after those that were inserted."""
    from django.core.management.color import no_style

    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(tables)):
            cursor.execute(statement)


def _insert(model: type[Model], made: list[Model]) -> int:
    if made:
        # raw: nothing is set by the moment of inserting, such as the time at which somebody joined
        rows: Any = model._base_manager.all()
        rows._insert(made, fields=model._meta.concrete_fields, using="default", raw=True)  # noqa: SLF001
    return len(made)


def _made(model: type[Model], row: dict[str, Any]) -> Model:
    return model(**{name: _value(model._meta.get_field(name), given) for name, given in row.items()})


def _value(field: Any, given: Any) -> Any:
    if given is None or isinstance(field, models.JSONField):
        return given
    if isinstance(field, models.BinaryField):
        return base64.b64decode(given, validate=True)
    return given if isinstance(field, models.ForeignKey) else field.to_python(given)


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()
    return value
