"""Back up a register: database, published files and settings in one state, with the digest of everything.

Publishing waits while the copy is made, writing does not. The folder appears under its name when it is complete.
"""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

import attrs
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from cradlemark import __version__
from cradlemark.core.errors import StateError
from cradlemark.core.language import Text
from cradlemark.registry.files import names_below, read_file
from cradlemark.registry.home import PROGRAMME, SETTINGS, Home
from cradlemark.registry.labels.models import Label
from cradlemark.registry.log.append import stamp
from cradlemark.registry.log.publish import LOG, published_size, stored_edge
from cradlemark.registry.operation.manifest import MANIFEST, Manifest, write_digests
from cradlemark.registry.operation.rows import applied, lines_of, models_at
from cradlemark.registry.operation.snapshot import snapshot

TABLES, PUBLIC, KEYS, PLACE = "database", "public", "keys", "home"
"""Folders of a backup."""


@attrs.frozen
class Backup:
    """A backup that was made.

    Parameters
    ----------
    folder : Path
    manifest : Manifest
    files : int
        Published files in it.
    digest : str
        SHA-256 of its list of digests, hexadecimal: kept apart, it vouches for all of it.
    """

    folder: Path
    manifest: Manifest
    files: int
    digest: str


def back_up(home: Home, folder: Path, *, time: datetime.datetime, keys: bool = False) -> Backup:
    """Make a backup in a new folder.

    Parameters
    ----------
    keys : bool
        Whether the private keys go along; they stay encrypted.

    Raises
    ------
    StateError
        ``backup-exists``; ``home-busy`` while another process publishes.
    """
    if folder.exists():
        raise StateError(
            Text(f"{folder} is there already", f"{folder} 已存在"), code="backup-exists", where=str(folder),
            hint=Text("name a new folder", "指定新文件夹"),
        )  # fmt: skip
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)  # left by a run that was killed
    for name in (TABLES, PLACE):
        (part / name).mkdir(parents=True)
    with home.alone():
        with snapshot():
            manifest = _tables(home, part, time, keys=keys)
        files = _published_files(home, part / PUBLIC)
    for name in (SETTINGS, PROGRAMME):
        shutil.copyfile(home.folder / name, part / PLACE / name)
    if keys:
        _keys(home, part / KEYS)
    (part / MANIFEST).write_bytes(bytes(manifest))
    digest = write_digests(part)
    part.rename(folder)
    return Backup(folder, manifest, files, digest)


def _tables(home: Home, part: Path, time: datetime.datetime, *, keys: bool) -> Manifest:
    executor = MigrationExecutor(connection)
    migrations, counts = applied(executor), {}
    for model in models_at(executor, migrations):
        table, count = model._meta.db_table, 0
        with (part / TABLES / f"{table}.jsonl").open("w", encoding="utf-8", newline="\n") as file:
            for line in lines_of(model):
                file.write(line + "\n")
                count += 1
        counts[table] = count
    edge = stored_edge()
    return Manifest(
        stamp(time), __version__, home.origin, connection.vendor, edge.size, edge.root.hex(), published_size(home.public / LOG),
        Label.objects.count(), keys, migrations, counts,
    )  # fmt: skip


def _published_files(home: Home, target: Path) -> int:
    count = 0
    for count, name in enumerate(names_below(home.public), 1):  # noqa: B007 - the last one is how many there are
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_bytes(read_file(home.public, name))
    return count


def _keys(home: Home, target: Path) -> None:
    target.mkdir(mode=0o700)
    for path in sorted(home.keys.iterdir()):
        shutil.copyfile(path, target / path.name)
        (target / path.name).chmod(0o600)
