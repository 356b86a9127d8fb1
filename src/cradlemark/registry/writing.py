"""Transactions that give out numbers: one at a time, whichever database keeps the register; none while it is frozen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from cradlemark.registry.operation.frozen import refuse_frozen

LOCK = 0x6372_6164_6C65
"""Key of the lock on PostgreSQL; any number that nothing else in the database uses."""


@contextmanager
def writing() -> Iterator[None]:
    """Hold a transaction in which nobody else gives out numbers, so that they have no gap and come once.

    Raises
    ------
    StateError
        ``register-frozen``; looked at under the lock, so that nothing is written after a freeze has begun.
    """
    with alone_in_writing():
        refuse_frozen()
        yield


@contextmanager
def alone_in_writing() -> Iterator[None]:
    """Hold the lock of everybody who writes, frozen or not.

    On SQLite a transaction begins by taking the lock for writing; on PostgreSQL a lock of its own is taken, until the end of the
    transaction.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        yield
