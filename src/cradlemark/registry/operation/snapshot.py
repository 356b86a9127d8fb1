"""One state of the whole database, while others go on writing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from django.db import connection, transaction


@contextmanager
def snapshot() -> Iterator[None]:
    """Hold a transaction that reads one state of the database and keeps nobody from writing.

    On PostgreSQL it is a repeatable read; on SQLite a deferred transaction, which the write-ahead log keeps apart from writers.
    """
    database = cast("Any", connection)
    if database.vendor == "sqlite":
        mode, database.transaction_mode = database.transaction_mode, "DEFERRED"
        try:
            with transaction.atomic():
                yield
        finally:
            database.transaction_mode = mode
        return
    with transaction.atomic():
        with database.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
