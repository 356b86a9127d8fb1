"""The store of process databases: what is read lazily, what is noticed, what a crash leaves behind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cradlemark.core.errors import CradlemarkError, TrustError
from cradlemark.inventory.processes.columns import Coded, Columns, coded
from cradlemark.inventory.processes.schema import SCHEMA
from cradlemark.inventory.processes.store import DESCRIPTION, read_processes, write_processes
from cradlemark.inventory.processes.tables import (
    ProcessDatabase,
    Table,
    TableBuilder,
    digest_of_tables,
)


def database(**rows: list[dict[str, Any]]) -> ProcessDatabase:
    tables = {}
    for name in SCHEMA:
        builder = TableBuilder(name)
        for row in rows.get(name, []):
            builder.add(**row)
        tables[name] = builder.table()
    return ProcessDatabase("made", "1", "CC0", "test", "none", "declared", tables, digest_of_tables(tables))


@pytest.fixture
def made() -> ProcessDatabase:
    flows = [{"id": str(index), "unit": "kg", "kind": "product"} for index in range(5)]
    return database(
        flows=flows, processes=[{"id": "p", "name_zh": "铜"}], units=[{"unit": "kg", "factor": 1.0}]
    )


def refused(work: Any) -> str:
    with pytest.raises(CradlemarkError) as caught:
        work()
    return caught.value.code


def test_texts_that_repeat_are_held_as_numbers(made: ProcessDatabase) -> None:
    flows = made["flows"]
    assert isinstance(flows.columns.compact("unit"), Coded)
    assert isinstance(flows.columns.compact("id"), tuple)
    assert flows.coded("unit").values == ("kg",)
    assert flows.texts("unit") == ("kg",) * 5
    assert flows.coded("id").texts() == flows.texts("id") == ("0", "1", "2", "3", "4")
    assert flows.take(np.array([3, 1])).texts("id") == ("3", "1")
    assert flows.take(np.array([3, 1])).row(1)["unit"] == "kg"
    assert flows.coded("unit").within(["kg", "t"]).all()
    assert not flows.coded("unit").within([]).any()
    with pytest.raises(TypeError):
        made["units"].coded("factor")
    with pytest.raises(TypeError):
        flows.numbers("unit")
    with pytest.raises(KeyError):
        flows.replace(colour=("red",) * 5)


def test_replaced_columns(made: ProcessDatabase) -> None:
    changed = made["flows"].replace(unit=("t",) * 5)
    assert changed.texts("unit") == ("t",) * 5
    assert changed.texts("id") == made["flows"].texts("id")
    assert made["flows"].texts("unit")[0] == "kg"


def test_half_of_a_surrogate_pair_is_no_text() -> None:
    builder = TableBuilder("units")
    builder.add(unit="\ud83d\ude00 a", group="\ud800")
    assert builder.table().texts("unit") == ("😀 a",)
    assert builder.table().texts("group") == ("\N{REPLACEMENT CHARACTER}",)


def test_only_what_is_asked_for_is_read(made: ProcessDatabase, tmp_path: Path) -> None:
    folder = write_processes(made, tmp_path)
    for path in folder.glob("*.parquet"):
        if path.stem != "flows":
            path.unlink()
    found = read_processes(folder)
    assert len(found["exchanges"]) == 0
    assert len(found["processes"]) == 1
    assert found["flows"].texts("id") == made["flows"].texts("id")
    assert refused(lambda: found["processes"].texts("id")) == "database-damaged"
    assert refused(lambda: read_processes(folder, verify=True)) == "database-damaged"


def test_every_changed_byte_of_a_file_that_is_read_is_noticed(made: ProcessDatabase, tmp_path: Path) -> None:
    folder = write_processes(made, tmp_path)
    path = folder / "flows.parquet"
    content = path.read_bytes()
    for place in range(0, len(content), 37):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        assert refused(lambda: read_processes(folder)["flows"].texts("id")) == "digest-mismatch"
    path.write_bytes(content[:-1])
    assert refused(lambda: read_processes(folder)["flows"].texts("id")) == "digest-mismatch"


def test_columns_of_one_opened_table_are_of_one_file(made: ProcessDatabase, tmp_path: Path) -> None:
    folder = write_processes(made, tmp_path)
    flows = read_processes(folder)["flows"]
    assert flows.texts("id")[0] == "0"
    (folder / "flows.parquet").write_bytes(b"")
    assert flows.texts("unit")[0] == "kg"


def rewrite(folder: Path, change: Any) -> None:
    path = folder / DESCRIPTION
    document = json.loads(path.read_text("utf-8"))
    change(document)
    path.write_text(json.dumps(document), encoding="utf-8")


def without_hashes(document: dict[str, Any]) -> None:
    for resource in document["resources"]:
        del resource["hash"]


def test_folders_of_before_are_read_and_verified_as_a_whole(made: ProcessDatabase, tmp_path: Path) -> None:
    folder = write_processes(made, tmp_path)
    rewrite(folder, without_hashes)
    assert read_processes(folder)["flows"].texts("id") == made["flows"].texts("id")
    other = write_processes(database(flows=[{"id": "other"}] * 5), tmp_path)
    (folder / "flows.parquet").write_bytes((other / "flows.parquet").read_bytes())
    assert refused(lambda: read_processes(folder)) == "digest-mismatch"
    (folder / "flows.parquet").write_bytes((folder / "units.parquet").read_bytes())
    assert refused(lambda: read_processes(folder)) == "database-damaged"


@pytest.mark.parametrize(
    "change",
    [
        lambda document: document["resources"].pop(),
        lambda document: document["resources"][0].pop("hash"),
        lambda document: document.update(profile="other"),
        lambda document: document["resources"][0].update(rows="many"),
        lambda document: document.update(resources=[5]),
    ],
)
def test_a_changed_description_is_refused(made: ProcessDatabase, tmp_path: Path, change: Any) -> None:
    folder = write_processes(made, tmp_path)
    rewrite(folder, change)
    assert refused(lambda: read_processes(folder)) == "database-damaged"


def test_other_number_of_rows_than_described(made: ProcessDatabase, tmp_path: Path) -> None:
    folder = write_processes(made, tmp_path)
    rewrite(folder, lambda document: document["resources"][1].update(rows=4))
    assert refused(lambda: read_processes(folder)["flows"].texts("id")) == "database-damaged"


def test_tables_that_do_not_have_the_digest_are_not_stored(made: ProcessDatabase, tmp_path: Path) -> None:
    import attrs

    with pytest.raises(TrustError):
        write_processes(attrs.evolve(made, digest="sha256:" + "0" * 64), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_columns_are_read_once() -> None:
    class Source:
        names = ("id",)
        rows = 2
        asked = 0

        def read(self, name: str) -> Coded:
            self.asked += 1
            return coded(["a", "b"])

    source = Source()
    table = Table("units", Columns({}, source))
    assert len(table) == 2
    assert source.asked == 0
    assert table.texts("id") == ("a", "b") == table.texts("id")
    assert source.asked == 1
    with pytest.raises(KeyError):
        table.texts("name")
