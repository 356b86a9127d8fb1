"""Restore a backup: into an empty place, or in place of a register that is kept beside it.

Nothing is touched before every digest was compared and nobody was found who has seen more of the log.
"""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Sequence
from pathlib import Path

import attrs
from django.db import connection, connections, transaction
from django.db.migrations.executor import MigrationExecutor

from cradlemark.core.errors import StateError, TrustError
from cradlemark.core.language import Text
from cradlemark.registry.files import Place, names_below, write_file
from cradlemark.registry.home import SETTINGS, Home, connect, migrate
from cradlemark.registry.log.publish import LOG, stored_edge
from cradlemark.registry.operation.backup import KEYS, PLACE, PUBLIC, TABLES
from cradlemark.registry.operation.forks import Seen, behind, edge_of, refuse_fork, seen_in
from cradlemark.registry.operation.manifest import Manifest, check_digests, read_manifest
from cradlemark.registry.operation.rows import load_lines, models_at, reset_sequences
from cradlemark.registry.search.keep import rebuild
from cradlemark.trust.audit import CHECKPOINT

HERE = Text("the published log here", "此处已发布的日志")


@attrs.frozen
class Restored:
    """What was restored, or would be.

    Parameters
    ----------
    manifest : Manifest
    kept : Path or None
        Where the folder that was replaced is kept; None when there was none.
    rows : int
        Rows that are in the way in the database and would be, or were, replaced.
    """

    manifest: Manifest
    kept: Path | None
    rows: int


def check_backup(
    backup: Path, folder: Path, *, digest: str = "", checkpoints: Sequence[Seen] = (), replace: bool = False
) -> Manifest:
    """Refuse a backup that cannot be restored; nothing is changed.

    Parameters
    ----------
    backup : Path
        Folder of the backup.
    folder : Path
        Programme home that it would become.
    digest : str, optional
        Digest of its list of digests, kept apart.
    checkpoints : sequence of Seen, optional
        Checkpoints that somebody has kept.
    replace : bool
        Whether a register that is there may be replaced.

    Raises
    ------
    InputError, InputErrors
        ``backup-invalid``, ``backup-damaged``
    StateError
        ``backup-newer``, ``home-exists``, ``log-behind``
    TrustError
        ``log-fork``
    """
    manifest = read_manifest(backup)
    check_digests(backup, expected=digest)
    _refuse_newer(manifest)
    edge = edge_of(backup / TABLES)
    if (edge.size, edge.root.hex()) != (manifest.entries, manifest.root):
        raise TrustError(
            Text("the entries of the backup do not lead to its root", "备份的条目与其根不符"), code="log-fork",
            hint=Text("use another backup", "使用其他备份"),
        )  # fmt: skip
    if manifest.published > manifest.entries:
        raise behind(Text("the backup itself", "备份自身"), manifest.published, manifest.entries)
    seen = list(checkpoints)
    published: tuple[tuple[Place, Text], ...] = (
        (backup / PUBLIC, Text("the backup itself", "备份自身")), (Home(folder, manifest.origin).public, HERE),
    )  # fmt: skip
    for place, by in published:
        note = place / LOG / CHECKPOINT
        if note.is_file():
            seen.append(seen_in(note.read_bytes(), by))
    refuse_fork(backup / TABLES, seen, origin=manifest.origin)
    if not replace and (rows := in_the_way(folder)):
        raise StateError(
            Text(f"there is a register already: {rows}", f"已有登记簿：{rows}"), code="home-exists", where=str(folder),
            hint=Text("look with --dry-run, then give --replace", "先用 --dry-run 查看，再加 --replace"),
        )  # fmt: skip
    return manifest


def restore(backup: Path, folder: Path, manifest: Manifest, *, time: datetime.datetime) -> Restored:
    """Restore a backup that was checked.

    The new home is made beside the old one and takes its place at the end; the old one is kept under another name. On PostgreSQL the
    tables are replaced in one transaction.
    """
    part = folder.with_name(f".{folder.name}.restored")
    shutil.rmtree(part, ignore_errors=True)
    shutil.copytree(backup / PLACE, part)
    shutil.copytree(backup / PUBLIC, part / "public")
    keys = backup / KEYS if manifest.keys else folder / "keys"
    if keys.is_dir():
        shutil.copytree(keys, part / "keys")
    (part / "keys").mkdir(exist_ok=True)
    (part / "keys").chmod(0o700)
    connect(Home(part, manifest.origin))
    rows = rows_there()
    _load(backup, manifest)
    connections.close_all()
    kept = None
    if folder.exists():
        kept = folder.with_name(f"{folder.name}.before-{time:%Y%m%dT%H%M%SZ}")
        folder.rename(kept)
    part.rename(folder)
    home = Home(folder, manifest.origin)
    connect(home)
    _fill_bucket(home, backup / PUBLIC)
    return Restored(manifest, kept, rows)


def _fill_bucket(home: Home, files: Path) -> None:
    """Put the published files into the bucket, if that is where they are; the checkpoint last."""
    if isinstance(home.public, Path):
        return
    last = f"{LOG}/{CHECKPOINT}"
    for name in sorted(names_below(files), key=lambda name: name == last):
        write_file(home.public / name, (files / name).read_bytes())


def rows_there() -> int:
    """Entries of the log that the database holds now; 0 for one that is empty."""
    if "log_entry" not in connection.introspection.table_names():
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM log_entry")
        return int(cursor.fetchone()[0])


def _load(backup: Path, manifest: Manifest) -> None:
    if connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("DROP SCHEMA IF EXISTS public CASCADE")
                cursor.execute("CREATE SCHEMA public")
            _fill(backup, manifest)
    else:
        _fill(backup, manifest)
    migrate()
    rebuild()


def _fill(backup: Path, manifest: Manifest) -> None:
    """Make the tables as the backup had them and insert its rows."""
    executor = MigrationExecutor(connection)
    targets = [(app, name) for app, names in manifest.migrations.items() for name in names]
    executor.migrate([node for node in targets if not _goes_on(executor, node, set(targets))])
    models = models_at(MigrationExecutor(connection), manifest.migrations)
    with transaction.atomic():
        for model in models:
            if model._base_manager.exists():  # a migration has put them there; they are in the backup too
                model._base_manager.all().delete()
            with (backup / TABLES / f"{model._meta.db_table}.jsonl").open(encoding="utf-8") as file:
                load_lines(model, file)
        reset_sequences(models)
        connection.check_constraints()
    if stored_edge().root.hex() != manifest.root:
        raise TrustError(
            Text("the restored entries do not lead to the root of the backup", "恢复的条目与备份的根不符"), code="log-fork",
            hint=Text("use another backup", "使用其他备份"),
        )  # fmt: skip


def _goes_on(executor: MigrationExecutor, node: tuple[str, str], among: set[tuple[str, str]]) -> bool:
    """Whether a later migration of the same app is wanted too."""
    children = executor.loader.graph.node_map[node].children
    return any(child.key[0] == node[0] and child.key in among for child in children)


def _refuse_newer(manifest: Manifest) -> None:
    known = MigrationExecutor(None).loader.graph.nodes
    unknown = [
        f"{app}.{name}"
        for app, names in manifest.migrations.items()
        for name in names
        if (app, name) not in known
    ]
    if unknown:
        raise StateError(
            Text(f"the backup was made by another release ({manifest.software}): it has {', '.join(unknown[:5])}",
                 f"备份由其他版本（{manifest.software}）生成：含有 {'、'.join(unknown[:5])}"),
            code="backup-newer", hint=Text("install that release or a later one", "安装该版本或更新的版本"),
        )  # fmt: skip


def in_the_way(folder: Path) -> str:
    """What would be replaced; empty when nothing would."""
    if connection.vendor == "postgresql" and (rows := rows_there()):
        return f"{connection.settings_dict['NAME']}: {rows}"
    return str(folder) if (folder / SETTINGS).exists() or (folder.is_dir() and any(folder.iterdir())) else ""
