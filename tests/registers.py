"""Registers for tests, on SQLite and on PostgreSQL: each made once and copied for every test."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cradlemark.registry.home import Home, open_home

SERVER = os.environ.get("CRADLEMARK_TEST_SERVER", "postgresql://postgres@127.0.0.1:5432/postgres")
"""Where tests may make databases of their own."""
DATABASES = ("sqlite", "postgresql")


class Registers:
    """Makes empty or filled registers by copying one that was made once."""

    def __init__(self, folder: Path, make: Callable[[Path], None]) -> None:
        self.folder, self.make = folder, make
        self.made: dict[str, tuple[Path, str]] = {}

    @contextmanager
    def copy(self, kind: str, target: Path) -> Iterator[Home]:
        """A register of its own in `target`."""
        folder, template = self.made.get(kind) or self._first(kind)
        shutil.copytree(folder, target)
        name = f"{template}_{uuid.uuid4().hex[:12]}" if template else ""
        if name:
            execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            with database(name):
                yield open_home(target)
        finally:
            if name:
                execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _first(self, kind: str) -> tuple[Path, str]:
        folder = self.folder / kind
        template = f"cradlemark_{uuid.uuid4().hex[:12]}" if kind == "postgresql" else ""
        if template:
            execute(f"CREATE DATABASE {template}")
        with database(template):
            self.make(folder)
        self.made[kind] = (folder, template)
        return self.made[kind]

    def folder_of(self, kind: str) -> Path:
        """Folder of the register that copies are made of."""
        return (self.made.get(kind) or self._first(kind))[0]

    def drop(self) -> None:
        """Remove what stands on the server."""
        for _, template in self.made.values():
            if template:
                execute(f"DROP DATABASE {template} WITH (FORCE)")


@contextmanager
def database(name: str) -> Iterator[None]:
    """Let Django work on a database of the server; without a name, on SQLite in the home that is opened."""
    import dj_database_url
    from django.conf import settings
    from django.db import connections

    kept = connections.databases["default"]
    if name:
        given = dj_database_url.parse(SERVER.rpartition("/")[0] + f"/{name}")
        chosen = dict(kept, **{"OPTIONS": {}, **given})
    else:
        chosen = dict(kept, **settings.SQLITE)
    _use(chosen)
    try:
        yield
    finally:
        _use(kept)


def _use(chosen: dict[str, Any]) -> None:
    """Leave the present database; the next query opens the chosen one."""
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close()
        del connections[connection.alias]
    connections.databases["default"] = chosen


def database_address() -> dict[str, str]:
    """Variables that lead another process to the database in use."""
    from django.db import connection

    if connection.vendor == "sqlite":
        return {}
    return {"DATABASE_URL": SERVER.rpartition("/")[0] + f"/{connection.settings_dict['NAME']}"}


def execute(statement: str) -> None:
    """Run a statement of administration on the server."""
    import psycopg

    with psycopg.connect(SERVER, autocommit=True, connect_timeout=5) as connection:
        connection.execute(statement)


def reachable(kind: str) -> bool:
    """Whether registers of this kind can be made here; in CI they must be."""
    if kind == "sqlite" or os.environ.get("CI"):
        return True
    import psycopg

    try:
        execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


def skip_unless_reachable(kind: str) -> None:
    """Skip a test for which no server is there."""
    if not reachable(kind):
        pytest.skip(f"no server at {SERVER}; CRADLEMARK_TEST_SERVER names one")
