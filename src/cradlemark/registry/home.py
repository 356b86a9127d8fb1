"""A programme home: the folder with database, keys and published files of one programme."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from time import sleep

import attrs

from cradlemark.core.errors import InputError, StateError, raise_if_any
from cradlemark.core.language import Text
from cradlemark.core.toml import read_toml
from cradlemark.label.programme import ProgrammeProfile
from cradlemark.label.programme_lint import lint
from cradlemark.label.programme_reader import load_programme_file
from cradlemark.registry.files import Place
from cradlemark.rules.pack import load_pack
from cradlemark.trust.key_documents import did_of

SETTINGS = "home.toml"
PROGRAMME = "programme.toml"
DATABASE = "registry.sqlite3"
PUBLISHER = 0x6372_6164_6C66
"""Key of the publisher's lock on PostgreSQL."""
PATIENCE = (0.1,) * 20
"""Waits between tries to get it [s]."""
PUBLIC = "public"
"""Folder of the published files, and name of the storage that is used instead of it."""


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
    def public(self) -> Place:
        """Where the published files are, a folder or a bucket; everything in it may be served."""
        from django.conf import settings
        from django.core.files.storage import storages

        if PUBLIC not in settings.STORAGES:
            return self.folder / PUBLIC
        from cradlemark.registry.bucket import BucketPlace

        return BucketPlace(storages[PUBLIC])

    @property
    def keys(self) -> Path:
        """Folder of the private keys."""
        return self.folder / "keys"

    @property
    def programme(self) -> ProgrammeProfile:
        """The profile, read again when its file changes."""
        path = self.folder / PROGRAMME
        found = path.stat() if path.is_file() else None
        return _profile(path, found.st_mtime_ns, found.st_size) if found else load_programme_file(path)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the lock of the publisher: one process writes published files.

        On PostgreSQL, where several machines can work on one register, the lock is in the database as well.

        Raises
        ------
        StateError
            ``home-busy`` when another process holds it.
        """
        with (self.folder / "publish.lock").open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise _busy() from error
            with _alone_in_database():
                yield


@contextmanager
def _alone_in_database() -> Iterator[None]:
    from django.db import connection

    if connection.vendor != "postgresql":
        yield
        return
    if not _locked_soon():
        raise _busy()
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [PUBLISHER])


def _locked_soon() -> bool:
    """Whether the lock is ours; the server needs a moment to see that a killed process of this machine has left it."""
    from django.db import connection

    with connection.cursor() as cursor:
        for wait in (*PATIENCE, 0.0):
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [PUBLISHER])
            if cursor.fetchone()[0]:
                return True
            sleep(wait)
    return False


def _busy() -> StateError:
    return StateError(
        Text("another process is publishing", "另一进程正在发布"), code="home-busy",
        hint=Text("try again in a moment", "稍后重试"),
    )  # fmt: skip


@lru_cache(maxsize=8)
def _profile(path: Path, _changed: int, _size: int) -> ProgrammeProfile:
    return load_programme_file(path)


def create_home(folder: Path, *, programme: bytes, origin: str) -> Home:
    """Make a new home with an empty register.

    Raises
    ------
    StateError
        ``home-exists``.
    InputError, InputErrors
        For a programme or an origin that cannot be used.
    NotFoundError
        ``pack-unknown`` for a rule pack of the programme that is not there.
    """
    if (folder / SETTINGS).exists():
        raise StateError(
            Text(f"{folder} is a programme home already", f"{folder} 已是计划的文件夹"),
            code="home-exists",
            hint=Text("choose another folder", "改用其他文件夹"),
        )
    if not origin or any(character in origin for character in ' +\n"\\') or "://" in origin:
        raise InputError(
            Text(f"{origin[:80]!r} is no origin", f"{origin[:80]!r} 不是来源名"),
            code="origin-invalid",
            hint=Text("give host and path, like example.org/labels", "给出主机和路径，如 example.org/labels"),
        )
    did_of(origin)  # refused now rather than when the first label is signed
    for name in (folder, folder / "keys", folder / "public"):
        name.mkdir(parents=True, exist_ok=True)
    (folder / "keys").chmod(0o700)
    (folder / PROGRAMME).write_bytes(programme)
    profile = load_programme_file(folder / PROGRAMME)
    raise_if_any(lint(profile))
    for pack in profile.rule_packs:
        load_pack(pack)  # what the programme rests on is logged
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
            Text(f"{folder} is no programme home", f"{folder} 不是计划的文件夹"),
            code="home-missing",
            hint=Text("make one with: cradlemark log init", "用以下命令建立：cradlemark log init"),
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

    if connections["default"].vendor != "sqlite":
        return  # DATABASE_URL says where the register is
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
