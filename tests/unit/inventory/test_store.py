"""Databases in a folder: the same content is the same folder, and a changed one is noticed."""

from __future__ import annotations

import json
from pathlib import Path

import attrs
import pytest

from cradlemark.core.errors import NotFoundError, TrustError
from cradlemark.inventory.database import Database
from cradlemark.inventory.import_result import make_database
from cradlemark.inventory.starter import starter_database
from cradlemark.inventory.store import (
    DESCRIPTION,
    TABLE,
    default_store,
    list_databases,
    read_database,
    stored_inventory,
    write_database,
)


def some(count: int = 5, *, name: str = "own", version: str = "1") -> Database:
    datasets = [attrs.evolve(d, database=name) for d in list(starter_database().datasets.values())[:count]]
    return make_database(datasets, database_id=name, version=version, licence="internal", source="test")


def test_what_is_written_is_read(tmp_path: Path):
    database = some(200)
    folder = write_database(database, tmp_path)
    assert folder.name == f"own-1-{database.digest[7:19]}"
    assert read_database(folder) == database
    assert read_database("own", tmp_path) == database
    assert read_database(database.digest[7:20], tmp_path) == database


def test_same_content_twice_is_one_folder(tmp_path: Path):
    first = write_database(some(), tmp_path)
    stamp = (first / TABLE).stat().st_mtime_ns
    assert write_database(some(), tmp_path) == first
    assert (first / TABLE).stat().st_mtime_ns == stamp
    assert [path.name for path in tmp_path.iterdir()] == [first.name]


def test_other_content_is_another_folder_and_the_newest_version_is_read(tmp_path: Path):
    write_database(some(3, version="1"), tmp_path)
    write_database(some(4, version="2"), tmp_path)
    assert [(item.version, item.count) for item in list_databases(tmp_path)] == [("1", 3), ("2", 4)]
    assert len(read_database("own", tmp_path).datasets) == 4


def test_changed_table_is_noticed(tmp_path: Path):
    folder = write_database(some(3), tmp_path)
    other = write_database(some(4), tmp_path)
    (folder / TABLE).write_bytes((other / TABLE).read_bytes())
    with pytest.raises(TrustError) as caught:
        read_database(folder)
    assert caught.value.code == "digest-mismatch"


def test_changed_digest_is_noticed(tmp_path: Path):
    folder = write_database(some(3), tmp_path)
    document = json.loads((folder / DESCRIPTION).read_text("utf-8"))
    document["digest"] = "sha256:" + "0" * 64
    (folder / DESCRIPTION).write_text(json.dumps(document), "utf-8")
    with pytest.raises(TrustError):
        read_database(folder)


@pytest.mark.parametrize("content", [b"", b"PAR1", b"{}"])
def test_damaged_files_are_noticed(content, tmp_path: Path):
    folder = write_database(some(3), tmp_path)
    (folder / TABLE).write_bytes(content)
    with pytest.raises(TrustError) as caught:
        read_database(folder)
    assert caught.value.code == "database-damaged"
    (folder / DESCRIPTION).write_bytes(content)
    with pytest.raises(TrustError):
        list_databases(tmp_path)


def test_wrong_digest_is_never_written(tmp_path: Path):
    with pytest.raises(TrustError):
        write_database(attrs.evolve(some(), digest="sha256:" + "0" * 64), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_name_with_path_parts_stays_in_the_store(tmp_path: Path):
    folder = write_database(some(name="../../etc/x"), tmp_path / "store")
    assert folder.parent == tmp_path / "store"


def test_failed_writing_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    import pyarrow.parquet as pq

    def fail(*_arguments: object, **_options: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(pq, "write_table", fail)
    with pytest.raises(OSError, match="disk full"):
        write_database(some(), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_unknown_database(tmp_path: Path):
    with pytest.raises(NotFoundError) as caught:
        read_database("nothing", tmp_path)
    assert caught.value.code == "database-unknown"
    assert list_databases(tmp_path / "missing") == ()


def test_own_database_comes_before_the_starter(tmp_path: Path):
    own = attrs.evolve(starter_database().datasets["el-cn-cf-2024"], note="own", database="own")
    write_database(make_database([own], database_id="own", version="1", licence="i", source="s"), tmp_path)
    inventory = stored_inventory(store=tmp_path)
    assert inventory["el-cn-cf-2024"].note == "own"
    assert len(inventory) == len(starter_database().datasets)


def test_folder_follows_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("CRADLEMARK_HOME", str(tmp_path))
    assert default_store() == tmp_path / "databases"
    monkeypatch.delenv("CRADLEMARK_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert default_store() == tmp_path / "data" / "cradlemark" / "databases"
