"""A programme home: the folder with database, keys and published files of one programme."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs

from cradlemark.core.errors import InputError, StateError, raise_if_any
from cradlemark.core.toml import read_toml
from cradlemark.label.programme import ProgrammeProfile
from cradlemark.label.programme_lint import lint
from cradlemark.label.programme_reader import load_programme_file
from cradlemark.trust.key_documents import did_of

SETTINGS = "home.toml"
PROGRAMME = "programme.toml"
DATABASE = "registry.sqlite3"


@attrs.frozen
class Home:
    """A programme home.

    Parameters
    ----------
    folder : Path
    origin : str
        Identity of the log, and of the programme on the web: host and path without scheme.
    """

    folder: Path
    origin: str

    @property
    def public(self) -> Path:
        """Folder of the published files; everything in it may be served."""
        return self.folder / "public"

    @property
    def keys(self) -> Path:
        """Folder of the private keys."""
        return self.folder / "keys"

    @property
    def programme(self) -> ProgrammeProfile:
        """The profile."""
        return load_programme_file(self.folder / PROGRAMME)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the lock of the publisher: one process writes published files.

        Raises
        ------
        StateError
            ``home-busy`` when another process holds it.
        """
        with (self.folder / "publish.lock").open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise StateError(
                    "another process is publishing", code="home-busy", hint="try again in a moment"
                ) from error
            yield


def create_home(folder: Path, *, programme: bytes, origin: str) -> Home:
    """Make a new home with an empty register.

    Raises
    ------
    StateError
        ``home-exists``.
    InputError, InputErrors
        For a programme or an origin that cannot be used.
    """
    if (folder / SETTINGS).exists():
        raise StateError(
            f"{folder} is a programme home already", code="home-exists", hint="choose another folder"
        )
    if not origin or any(character in origin for character in ' +\n"\\') or "://" in origin:
        raise InputError(
            f"{origin[:80]!r} is no origin",
            code="origin-invalid",
            hint="give host and path, like example.org/labels",
        )
    did_of(origin)  # refused now rather than when the first label is signed
    for name in (folder, folder / "keys", folder / "public"):
        name.mkdir(parents=True, exist_ok=True)
    (folder / "keys").chmod(0o700)
    (folder / PROGRAMME).write_bytes(programme)
    raise_if_any(lint(load_programme_file(folder / PROGRAMME)))
    home = Home(folder, origin)
    connect(home)
    migrate()
    (folder / SETTINGS).write_text(f'schema = "cradlemark-home/1"\norigin = "{origin}"\n', encoding="utf-8")
    return home


def open_home(folder: Path) -> Home:
    """Open a home; its database is brought to the present schema.

    Raises
    ------
    InputError
        ``home-missing``, or what is wrong with its settings.
    """
    if not (folder / SETTINGS).is_file():
        raise InputError(
            f"{folder} is no programme home", code="home-missing", hint="make one with: cradlemark log init"
        )
    settings = read_toml(folder / SETTINGS)
    home = Home(folder, str(settings.get("origin", "")))
    connect(home)
    migrate()
    return home


def connect(home: Home) -> None:
    """Let Django work on the database of a home; one home at a time in a process.

    What counts is where the connection leads, not what the variable says: the same relative path can mean another folder later on.
    """
    folder = home.folder.resolve()
    os.environ["CRADLEMARK_PROGRAMME"] = str(folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cradlemark.registry.settings")
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()
    from django.db import connections

    path = str(folder / DATABASE)
    if str(connections["default"].settings_dict["NAME"]) != path:
        connections.close_all()
        connections.databases["default"]["NAME"] = path
        connections["default"].settings_dict["NAME"] = path


def migrate() -> None:
    """Bring the database to the present schema; nothing is done when it is there already."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)
