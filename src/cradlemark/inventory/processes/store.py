"""The store of process databases: one folder per database version, named by its digest.

A folder holds one Parquet file per table, ``datapackage.json`` with their columns and units, and the import report.
It appears under its name only when all of it is written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from cradlemark.core.errors import NotFoundError, TrustError
from cradlemark.core.language import Text
from cradlemark.inventory.processes.schema import SCHEMA
from cradlemark.inventory.processes.table_files import (
    AGAIN,
    changed,
    damaged,
    file_digest,
    read_table,
    write_table,
)
from cradlemark.inventory.processes.tables import ProcessDatabase, digest_of_tables
from cradlemark.inventory.processes.whole_folders import put_folder, write_json_through
from cradlemark.inventory.store import default_store

DESCRIPTION = "datapackage.json"
REPORT = "import-report.json"
FORMAT = "cradlemark-process-database-1"
"""Profile of the folder; another one is not read."""


@attrs.frozen
class StoredProcesses:
    """What a folder says about its database, without reading the tables.

    Parameters
    ----------
    id, version, digest, licence, source, format, allocation : str
    counts : mapping of str to int
        Rows by table.
    folder : Path
    files : mapping of str to str
        ``sha256:...`` of the file of each table; empty for databases that were stored without them.
    report : str
        ``sha256:...`` of the import report; empty when there is none, or for databases that were stored without it.
    """

    id: str
    version: str
    digest: str
    licence: str
    source: str
    format: str
    allocation: str
    counts: Mapping[str, int]
    folder: Path
    files: Mapping[str, str] = attrs.field(factory=dict)
    report: str = ""


def process_store() -> Path:
    """Folder of process databases, beside the one of datasets."""
    return default_store().parent / "process-databases"


def write_processes(
    database: ProcessDatabase, store: Path | None = None, *, report: Mapping[str, object] | None = None
) -> Path:
    """Keep a database; a reader sees either the whole of it or nothing.

    Parameters
    ----------
    database : ProcessDatabase
    store : Path, optional
        Folder of databases; `process_store` if not given.
    report : mapping, optional
        Import report as plain values, kept beside the tables.

    Returns
    -------
    Path
        Its folder. The same content, name and edition end in the same folder and are not written again, unless what
        lies there is damaged.

    Raises
    ------
    TrustError
        ``digest-mismatch`` when the digest of `database` is not that of its tables.
    OSError
        When the system refuses to write; nothing has changed then.
    """
    if digest_of_tables(database.tables) != database.digest:
        raise TrustError(
            Text(
                f"the digest of database {database.id} is not that of its tables",
                f"数据库 {database.id} 的摘要与其各表不符",
            ),
            code="digest-mismatch",
            hint=Text("import it again", "重新导入"),
        )
    folder = (store or process_store()) / _folder_name(database)
    if not _is_whole(folder):
        put_folder(folder, lambda work: _fill(work, database, report), is_whole=_is_whole)
    return folder


def _fill(work: Path, database: ProcessDatabase, report: Mapping[str, object] | None) -> None:
    digests = {name: write_table(table, work / _file(name)) for name, table in database.tables.items()}
    description = _description(database, digests)
    if report is not None:
        write_json_through(work / REPORT, report)
        description["report"] = {"path": REPORT, "hash": file_digest((work / REPORT).read_bytes())}
    write_json_through(work / DESCRIPTION, description)


def _is_whole(folder: Path) -> bool:
    """Whether a folder has all files of a database as they were written; those of before are taken as they are."""
    try:
        about = _described(folder)
        return all(
            file_digest((folder / _file(table)).read_bytes()) == digest
            for table, digest in about.files.items()
        )
    except (TrustError, OSError):
        return False


def list_processes(store: Path | None = None) -> tuple[StoredProcesses, ...]:
    """Databases of a store in order of name and edition; a folder that is none, or damaged, is passed over."""
    return _looked_through(store or process_store())[0]


def damaged_folders(store: Path | None = None) -> tuple[str, ...]:
    """Folders of a store that seem to be databases and do not say what they are."""
    return _looked_through(store or process_store())[1]


def _looked_through(store: Path) -> tuple[tuple[StoredProcesses, ...], tuple[str, ...]]:
    found, bad = [], []
    for folder in sorted(store.iterdir()) if store.is_dir() else ():
        if folder.name.startswith(".") or not (folder / DESCRIPTION).is_file():
            continue
        try:
            found.append(_described(folder))
        except TrustError:
            bad.append(folder.name)
    return tuple(sorted(found, key=lambda item: (item.id, item.version, item.digest))), tuple(bad)


def find_processes(name: str, store: Path | None = None) -> StoredProcesses:
    """A database by id, folder name, digest or the beginning of its digest; the one stored last of several.

    Raises
    ------
    NotFoundError
        ``database-unknown``.
    """
    found = [item for item in list_processes(store) if _is_meant(name, item)]
    if not found:
        raise NotFoundError(
            Text(f"there is no imported process database {name!r}", f"没有导入过的过程数据库 {name!r}"),
            code="database-unknown",
            hint=Text("see them with: cradlemark db list", "用以下命令查看：cradlemark db list"),
        )
    return max(found, key=lambda item: (item.folder / DESCRIPTION).stat().st_mtime_ns)


def read_processes(name: str | Path, store: Path | None = None, *, verify: bool = False) -> ProcessDatabase:
    """Open a database; its columns are read when they are asked for.

    Parameters
    ----------
    name : str or Path
        Folder, or what `find_processes` takes.
    store : Path, optional
    verify : bool
        Read everything now and compare the content with the digest of the database. Otherwise each file is compared
        with its own SHA-256 when it is read, and files that nobody asks for are not looked at. A database that was
        stored without these is always verified as a whole.

    Raises
    ------
    NotFoundError
        ``database-unknown``.
    TrustError
        ``digest-mismatch`` when the content is not what was imported; ``database-damaged`` when it cannot be read. Both
        can also come from the columns of the tables later on.
    """
    about = _described(name) if isinstance(name, Path) else find_processes(name, store)
    if about.counts.keys() != SCHEMA.keys() or (about.files and about.files.keys() != SCHEMA.keys()):
        raise damaged(about.folder, DESCRIPTION)
    tables = {
        table: read_table(
            about.folder / _file(table), table, rows=about.counts[table], digest=about.files.get(table, "")
        )
        for table in SCHEMA
    }
    if (verify or not about.files) and digest_of_tables(tables) != about.digest:
        raise TrustError(
            Text(f"database {about.id} is not what was imported", f"数据库 {about.id} 与导入时不同"),
            code="digest-mismatch",
            where=str(about.folder),
            hint=AGAIN,
        )
    return ProcessDatabase(
        about.id,
        about.version,
        about.licence,
        about.source,
        about.format,
        about.allocation,
        tables,
        about.digest,
    )


def read_report(about: StoredProcesses) -> dict[str, Any]:
    """The import report of a database as plain values; empty when it was stored without one.

    Raises
    ------
    TrustError
        ``digest-mismatch`` when it is not the one that was written; ``database-damaged`` when it cannot be read.
    """
    path = about.folder / REPORT
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        if about.report:
            raise damaged(about.folder, REPORT) from None
        return {}
    if about.report and file_digest(content) != about.report:
        raise changed(path)
    try:
        document: dict[str, Any] = json.loads(content)
    except ValueError as error:
        raise damaged(about.folder, REPORT) from error
    return document


def _is_meant(name: str, item: StoredProcesses) -> bool:
    plain = name.removeprefix("sha256:")
    return name in {item.id, item.folder.name, item.digest} or (
        len(plain) >= 6 and item.digest.partition(":")[2].startswith(plain)
    )


def _folder_name(database: ProcessDatabase) -> str:
    parts = [part for part in (database.id, database.version) if part]
    name = re.sub(r"[^\w.-]+", "_", "-".join(parts)).strip(".")
    return f"{name[:100]}-{database.digest.partition(':')[2][:12]}"


def _file(table: str) -> str:
    return f"{table}.parquet"


def _description(database: ProcessDatabase, digests: Mapping[str, str]) -> dict[str, object]:
    types = {"text": "string", "integer": "integer", "number": "number"}
    return {
        "profile": FORMAT,
        "name": database.id,
        "version": database.version,
        "digest": database.digest,
        "licences": [{"title": database.licence}],
        "sources": [{"title": database.source}],
        "format": database.format,
        "allocation": database.allocation,
        "resources": [
            {
                "name": name,
                "path": _file(name),
                "format": "parquet",
                "hash": digests[name],
                "rows": len(database[name]),
                "schema": {
                    "fields": [
                        {"name": field.name, "type": types[field.kind], "description": field.note}
                        for field in fields
                    ]
                },
            }
            for name, fields in SCHEMA.items()
        ],
    }


def _described(folder: Path) -> StoredProcesses:
    try:
        document: dict[str, Any] = json.loads((folder / DESCRIPTION).read_text("utf-8"))
        {FORMAT: True}[document["profile"]]
        resources = document["resources"]
        counts = {item["name"]: int(item["rows"]) for item in resources}
        files = {item["name"]: str(item["hash"]) for item in resources if item.get("hash")}
        return StoredProcesses(
            str(document["name"]), str(document["version"]), str(document["digest"]),
            str(document["licences"][0]["title"]), str(document["sources"][0]["title"]), str(document["format"]),
            str(document["allocation"]), counts, folder, files,
            str(document.get("report", {}).get("hash", "")),
        )  # fmt: skip
    except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise damaged(folder, DESCRIPTION) from error
