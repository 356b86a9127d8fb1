"""The store of process databases: one folder per database version, named by its digest.

A folder holds one Parquet file per table, ``datapackage.json`` with their columns and units, and the import report.
It appears under its name only when all of it is written.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import numpy as np

from cradlemark.core.errors import NotFoundError, TrustError
from cradlemark.inventory.processes.schema import SCHEMA
from cradlemark.inventory.processes.tables import Column, ProcessDatabase, Table, digest_of_tables
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
        Its folder. The same content, name and edition end in the same folder and are not written again.

    Raises
    ------
    TrustError
        ``digest-mismatch`` when the digest of `database` is not that of its tables.
    """
    if digest_of_tables(database.tables) != database.digest:
        raise TrustError(
            f"the digest of database {database.id} is not that of its tables",
            code="digest-mismatch",
            hint="import it again",
        )
    store = store or process_store()
    store.mkdir(parents=True, exist_ok=True)
    folder = store / _folder_name(database)
    if (folder / DESCRIPTION).is_file():
        return folder
    work = Path(tempfile.mkdtemp(prefix=".writing-", dir=store))
    try:
        for name, table in database.tables.items():
            _write_table(table, work / f"{name}.parquet")
        if report is not None:
            _write_json(dict(report), work / REPORT)
        _write_json(_description(database), work / DESCRIPTION)
        _put_in_place(work, folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return folder


def list_processes(store: Path | None = None) -> tuple[StoredProcesses, ...]:
    """Databases of a store in order of name and edition; a folder that is none is passed over."""
    store = store or process_store()
    if not store.is_dir():
        return ()
    found = [
        _described(folder)
        for folder in store.iterdir()
        if not folder.name.startswith(".") and (folder / DESCRIPTION).is_file()
    ]
    return tuple(sorted(found, key=lambda item: (item.id, item.version, item.digest)))


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
            f"there is no imported process database {name!r}",
            code="database-unknown",
            hint="see them with: cradlemark db list",
        )
    return max(found, key=lambda item: (item.folder / DESCRIPTION).stat().st_mtime_ns)


def read_processes(name: str | Path, store: Path | None = None, *, verify: bool = True) -> ProcessDatabase:
    """Read a database.

    Parameters
    ----------
    name : str or Path
        Folder, or what `find_processes` takes.
    store : Path, optional
    verify : bool
        Compare the content with the digest.

    Raises
    ------
    NotFoundError
        ``database-unknown``.
    TrustError
        ``digest-mismatch`` when the content is not what was imported; ``database-damaged`` when it cannot be read.
    """
    about = _described(name) if isinstance(name, Path) else find_processes(name, store)
    tables = {table: _read_table(about.folder, table) for table in SCHEMA}
    if verify and digest_of_tables(tables) != about.digest:
        raise TrustError(
            f"database {about.id} is not what was imported",
            code="digest-mismatch",
            where=str(about.folder),
            hint="delete the folder and import the database again",
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
    """The import report of a database as plain values; empty when it was stored without one."""
    path = about.folder / REPORT
    if not path.is_file():
        return {}
    try:
        document: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise _damaged(about.folder, REPORT) from error
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


def _put_in_place(work: Path, folder: Path) -> None:
    try:
        work.rename(folder)
    except OSError:
        # Somebody else has put the same content there meanwhile.
        if not (folder / DESCRIPTION).is_file():
            raise


def _write_table(table: Table, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {"text": pa.string(), "integer": pa.int64(), "number": pa.float64()}
    arrays = {
        field.name: pa.array(table.columns[field.name], kinds[field.kind]) for field in SCHEMA[table.name]
    }
    pq.write_table(pa.table(arrays), path, compression="zstd")


def _read_table(folder: Path, name: str) -> Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        content = pq.read_table(folder / f"{name}.parquet")
        columns: dict[str, Column] = {}
        for field in SCHEMA[name]:
            values = content.column(field.name)
            if field.kind == "text":
                columns[field.name] = tuple(values.to_pylist())
            else:
                dtype = np.int64 if field.kind == "integer" else np.float64
                columns[field.name] = values.to_numpy().astype(dtype)
    except (pa.ArrowException, OSError, KeyError, TypeError, ValueError) as error:
        raise _damaged(folder, f"{name}.parquet") from error
    return Table(name, columns)


def _description(database: ProcessDatabase) -> dict[str, object]:
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
                "path": f"{name}.parquet",
                "format": "parquet",
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


def _write_json(document: dict[str, object], path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        json.dump(document, file, ensure_ascii=False, indent=1)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())


def _described(folder: Path) -> StoredProcesses:
    try:
        document: dict[str, Any] = json.loads((folder / DESCRIPTION).read_text("utf-8"))
        {FORMAT: True}[document["profile"]]
        return StoredProcesses(
            str(document["name"]), str(document["version"]), str(document["digest"]),
            str(document["licences"][0]["title"]), str(document["sources"][0]["title"]), str(document["format"]),
            str(document["allocation"]), {item["name"]: int(item["rows"]) for item in document["resources"]}, folder,
        )  # fmt: skip
    except (OSError, ValueError, KeyError, IndexError, TypeError) as error:
        raise _damaged(folder, DESCRIPTION) from error


def _damaged(folder: Path, name: str) -> TrustError:
    return TrustError(
        f"{folder.name}/{name} cannot be read",
        code="database-damaged",
        where=str(folder),
        hint="delete the folder and import the database again",
    )
