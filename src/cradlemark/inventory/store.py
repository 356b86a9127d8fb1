"""Imported databases in a folder: one folder per version and content, verified whenever it is read.

A database is ``datasets.parquet`` (one column per column of a row, all text) and ``datapackage.json`` (name, version,
digest, licence, counts). The folder is named ``<id>-<version>-<first 12 digits of the digest>``, so importing the
same content twice ends in the same folder.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

import attrs

from cradlemark.core.errors import InputError, NotFoundError, TrustError
from cradlemark.core.language import Text
from cradlemark.inventory.database import Database, Inventory
from cradlemark.inventory.rows import COLUMNS, dataset_from_row, digest_of, row_from_dataset
from cradlemark.inventory.starter import starter_database

TABLE = "datasets.parquet"
DESCRIPTION = "datapackage.json"


@attrs.frozen
class StoredDatabase:
    """What stands in a store about one database, without reading its datasets.

    Parameters
    ----------
    id, version, digest, licence, source : str
    count : int
        Number of datasets.
    folder : Path
    """

    id: str
    version: str
    digest: str
    licence: str
    source: str
    count: int
    folder: Path


def default_store() -> Path:
    """Folder of imported databases.

    ``$CRADLEMARK_HOME/databases`` if that variable is set, otherwise ``cradlemark/databases`` in the user's data folder
    (``$XDG_DATA_HOME``, ``~/.local/share``; ``%LOCALAPPDATA%`` on Windows).
    """
    home = os.environ.get("CRADLEMARK_HOME")
    if home:
        return Path(home) / "databases"
    if os.name == "nt" and os.environ.get("LOCALAPPDATA"):
        return Path(os.environ["LOCALAPPDATA"]) / "cradlemark" / "databases"
    data = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(data) / "cradlemark" / "databases"


def write_database(database: Database, store: Path | None = None) -> Path:
    """Keep a database; a reader sees either the whole of it or nothing.

    Parameters
    ----------
    database : Database
    store : Path, optional
        Folder of databases; `default_store` if not given.

    Returns
    -------
    Path
        Its folder. The same content ends in the same folder and is not written again.

    Raises
    ------
    TrustError
        ``digest-mismatch`` when the digest of `database` is not that of its datasets.
    """
    if digest_of(database.datasets.values()) != database.digest:
        raise TrustError(
            Text(
                f"the digest of database {database.id} is not that of its datasets",
                f"数据库 {database.id} 的摘要与其数据集不符",
            ),
            code="digest-mismatch",
            hint=Text("make the database with make_database", "用 make_database 建立数据库"),
        )
    store = store or default_store()
    store.mkdir(parents=True, exist_ok=True)
    folder = store / _folder_name(database)
    if (folder / DESCRIPTION).is_file():
        return folder
    work = Path(tempfile.mkdtemp(prefix=".writing-", dir=store))
    try:
        _write_table(database, work / TABLE)
        _write_description(database, work / DESCRIPTION)
        _put_in_place(work, folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return folder


def _folder_name(database: Database) -> str:
    name = re.sub(r"[^\w.-]+", "_", f"{database.id}-{database.version}").strip(".")
    return f"{name[:100]}-{database.digest.partition(':')[2][:12]}"


def _put_in_place(work: Path, folder: Path) -> None:
    try:
        work.rename(folder)
    except OSError:
        # Somebody else has put the same content there meanwhile.
        if not (folder / DESCRIPTION).is_file():
            raise


def _write_table(database: Database, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = sorted(
        (row_from_dataset(dataset) for dataset in database.datasets.values()), key=lambda row: row["id"]
    )
    table = pa.table({name: pa.array([row[name] for row in rows], pa.string()) for name in COLUMNS})
    pq.write_table(table, path, compression="zstd")


def _write_description(database: Database, path: Path) -> None:
    statuses = [dataset.status for dataset in database.datasets.values()]
    document = {
        "name": database.id,
        "version": database.version,
        "digest": database.digest,
        "licences": [{"title": database.licence}],
        "sources": [{"title": database.source}],
        "count": len(database.datasets),
        "statuses": {status: statuses.count(status) for status in sorted(set(statuses))},
        "resources": [{"name": "datasets", "path": TABLE, "format": "parquet"}],
    }
    with path.open("w", encoding="utf-8") as file:
        json.dump(document, file, ensure_ascii=False, indent=2)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())


def list_databases(store: Path | None = None) -> tuple[StoredDatabase, ...]:
    """Databases of a store in order of name and version; a folder that is none is passed over."""
    store = store or default_store()
    if not store.is_dir():
        return ()
    found = [
        _described(folder)
        for folder in store.iterdir()
        if not folder.name.startswith(".") and (folder / DESCRIPTION).is_file()
    ]
    return tuple(sorted(found, key=lambda item: (item.id, item.version, item.digest)))


def _described(folder: Path) -> StoredDatabase:
    try:
        document: dict[str, Any] = json.loads((folder / DESCRIPTION).read_text("utf-8"))
        return StoredDatabase(
            str(document["name"]),
            str(document["version"]),
            str(document["digest"]),
            str(document["licences"][0]["title"]),
            str(document["sources"][0]["title"]),
            int(document["count"]),
            folder,
        )
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise TrustError(
            Text(f"{folder.name}/{DESCRIPTION} cannot be read", f"无法读取 {folder.name}/{DESCRIPTION}"),
            code="database-damaged",
            where=str(folder),
            hint=Text("delete the folder and import the database again", "删除该文件夹并重新导入数据库"),
        ) from error


def read_database(name: str | Path, store: Path | None = None) -> Database:
    """Read a database and compare its content with its digest.

    Parameters
    ----------
    name : str or Path
        Folder, name of a folder, database id (the newest version), or beginning of a digest.
    store : Path, optional
        Folder of databases; `default_store` if not given.

    Raises
    ------
    NotFoundError
        ``database-unknown``.
    TrustError
        ``digest-mismatch`` when the content is not what was imported; ``database-damaged`` when it cannot be read.
    """
    about = _described(name) if isinstance(name, Path) and name.is_dir() else _find(str(name), store)
    datasets = {row["id"]: dataset_from_row(row, database=about.id) for row in _read_rows(about.folder)}
    actual = digest_of(datasets.values())
    if actual != about.digest:
        raise TrustError(
            Text(
                f"database {about.id} {about.version} is not what was imported: {actual[:19]}... instead of "
                f"{about.digest[:19]}...",
                f"数据库 {about.id} {about.version} 与导入时不同：{actual[:19]}...，而不是 {about.digest[:19]}...",
            ),
            code="digest-mismatch",
            where=str(about.folder),
            hint=Text("delete the folder and import the database again", "删除该文件夹并重新导入数据库"),
        )
    return Database(about.id, about.version, about.digest, about.licence, about.source, datasets)


def _find(name: str, store: Path | None) -> StoredDatabase:
    found = [
        item
        for item in list_databases(store)
        if name in {item.id, f"{item.id}-{item.version}", item.folder.name, item.digest}
        or (len(name) >= 6 and item.digest.partition(":")[2].startswith(name.removeprefix("sha256:")))
    ]
    if not found:
        raise NotFoundError(
            Text(f"there is no imported database {name!r}", f"没有导入过的数据库 {name!r}"),
            code="database-unknown",
            hint=Text("see them with: cradlemark data list", "用以下命令查看：cradlemark data list"),
        )
    return max(found, key=lambda item: (item.version, (item.folder / DESCRIPTION).stat().st_mtime))


def _read_rows(folder: Path) -> list[dict[str, str]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        rows: list[dict[str, str]] = pq.read_table(folder / TABLE).to_pylist()
    except (pa.ArrowException, OSError) as error:
        raise TrustError(
            Text(f"{folder.name}/{TABLE} cannot be read", f"无法读取 {folder.name}/{TABLE}"),
            code="database-damaged",
            where=str(folder),
            hint=Text("delete the folder and import the database again", "删除该文件夹并重新导入数据库"),
        ) from error
    if rows and not {"id", "status", "source"} <= rows[0].keys():
        raise InputError(
            Text(f"{folder.name} has no datasets", f"{folder.name} 没有数据集"),
            code="database-damaged",
            where=str(folder),
        )
    return rows


def stored_inventory(*names: str, store: Path | None = None) -> Inventory:
    """An inventory of named imported databases, in order of precedence, with the starter database last.

    Without names: the newest version of every imported database, by name.
    """
    if not names:
        names = tuple(dict.fromkeys(item.id for item in list_databases(store)))
    return Inventory(
        (*(read_database(name, store) for name in names if name != "starter"), starter_database())
    )
