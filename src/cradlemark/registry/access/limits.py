"""How often somebody asks: one count for all processes, in the database, or in a small file beside the one of SQLite.

The file of its own keeps counting away from the lock of the register: a question never waits for somebody who writes, and a count
that a loss of power takes away does no harm.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import attrs
from django.db import connection

FILE = "limits.sqlite3"
_COUNT = (
    'INSERT INTO access_counter (key, "window", count) VALUES ({0}, {0}, 1) ON CONFLICT (key) DO UPDATE SET '
    'count = CASE WHEN access_counter."window" = excluded."window" THEN access_counter.count + 1 ELSE 1 END, '
    '"window" = excluded."window" RETURNING count'
)


@attrs.frozen
class Limit:
    """So many requests in a span of time.

    Parameters
    ----------
    name : str
    most : int
    seconds : int
        Length of the span [s].
    """

    name: str
    most: int
    seconds: int


def count(limit: Limit, who: str, *, folder: Path, now: float) -> int:
    """Count one request of somebody and return how many there were in this span.

    Parameters
    ----------
    who : str
        Address or account.
    folder : Path
        Programme home.
    now : float
        [s]
    """
    key, window = f"{limit.name} {who}"[:120], int(now // limit.seconds)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_COUNT.format("%s"), [key, window])
            return int(cursor.fetchone()[0])
    kept = sqlite3.connect(folder / FILE, timeout=5, isolation_level=None)
    try:
        kept.execute("PRAGMA synchronous=OFF")
        try:
            return int(kept.execute(_COUNT.format("?"), (key, window)).fetchone()[0])
        except sqlite3.OperationalError:  # the first one makes the table
            kept.execute(
                'CREATE TABLE IF NOT EXISTS access_counter (key TEXT PRIMARY KEY, "window" INTEGER, count INTEGER)'
            )
            return int(kept.execute(_COUNT.format("?"), (key, window)).fetchone()[0])
    finally:
        kept.close()


def seconds_left(limit: Limit, *, now: float) -> int:
    """How long the present span lasts [s]."""
    return limit.seconds - int(now % limit.seconds)
