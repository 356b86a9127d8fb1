"""The store of process databases: what is read lazily, what is noticed, what a crash leaves behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pytest

from cradlemark.core.errors import CradlemarkError, TrustError
from cradlemark.inventory.processes import table_files, whole_folders
from cradlemark.inventory.processes.columns import Coded, Columns, coded
from cradlemark.inventory.processes.schema import SCHEMA
from cradlemark.inventory.processes.store import (
    DESCRIPTION,
    list_processes,
    read_processes,
    write_processes,
)
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
    assert builder.repaired == 2


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


def without_result(store: Path) -> bool:
    """Nobody sees a database, though unfinished files may lie there."""
    return list_processes(store) == ()


class KilledError(BaseException):
    """Stands for the end of the process: nothing is cleaned up."""


@pytest.mark.parametrize("step", range(len(SCHEMA) + 2))
def test_killed_after_any_file_nothing_half_written_is_read(
    made: ProcessDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    written = []
    real = whole_folders.write_bytes_through

    def dying(path: Path, content: bytes) -> None:
        real(path, content[: len(content) // 2] if len(written) == step else content)
        if len(written) == step:
            raise KilledError
        written.append(path.name)

    with monkeypatch.context() as patched:
        patched.setattr(whole_folders, "write_bytes_through", dying)
        patched.setattr(table_files, "write_bytes_through", dying)
        patched.setattr(whole_folders.shutil, "rmtree", lambda *_, **__: None)
        with pytest.raises(KilledError):
            write_processes(made, tmp_path, report={"kept": True})
    assert without_result(tmp_path)
    assert [path.name[:9] for path in tmp_path.iterdir()] == [".writing-"]
    folder = write_processes(made, tmp_path, report={"kept": True})
    assert read_processes(folder, verify=True).digest == made.digest
    long_ago = time.time() - 2 * whole_folders.LEFT_OVER
    for path in tmp_path.glob(".writing-*"):
        os.utime(path, (long_ago, long_ago))
    write_processes(database(units=[{"unit": "t"}]), tmp_path)
    assert not list(tmp_path.glob(".writing-*"))


def script(body: str, *arguments: str) -> subprocess.Popen[bytes]:
    code = (
        "import sys, pathlib, resource, signal\n"
        "from cradlemark.inventory.processes import schema, store, table_files, tables\n"
        "builders = {name: tables.TableBuilder(name) for name in schema.SCHEMA}\n"
        "for index in range(3000): builders['units'].add(unit=str(index) * 9, factor=index / 7)\n"
        "made = {name: builder.table() for name, builder in builders.items()}\n"
        "digest = tables.digest_of_tables(made)\n"
        "made = tables.ProcessDatabase('made', '', '', '', '', 'declared', made, digest)\n"
        "place = pathlib.Path(sys.argv[1])\n" + body
    )
    return subprocess.Popen([sys.executable, "-c", code, *arguments])


def test_a_real_kill_leaves_nothing_to_read(tmp_path: Path) -> None:
    body = (
        "real = table_files.write_bytes_through\n"
        "def dying(path, content):\n"
        "    real(path, content)\n"
        "    if path.name == 'units.parquet': signal.raise_signal(signal.SIGKILL)\n"
        "table_files.write_bytes_through = dying\nstore.write_processes(made, place)"
    )
    assert script(body, str(tmp_path)).wait() == -9
    assert list(tmp_path.iterdir()) != []
    assert without_result(tmp_path)


def test_when_no_more_can_be_written_nothing_is_left(tmp_path: Path) -> None:
    body = (
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))\n"
        "try: store.write_processes(made, place)\n"
        "except OSError: sys.exit(7)"
    )
    assert script(body, str(tmp_path)).wait() == 7
    assert list(tmp_path.iterdir()) == []


def test_several_writers_at_once_end_in_one_whole_folder(tmp_path: Path) -> None:
    body = (
        "import attrs\n"
        "for turn in range(8):\n"
        "    folder = store.write_processes(attrs.evolve(made, version=str(turn)), place)\n"
        "    assert store.read_processes(folder, verify=True).digest == made.digest\n"
    )
    writers = [script(body, str(tmp_path)) for _ in range(3)]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    assert len(list(tmp_path.iterdir())) == 8


def test_importing_again_repairs_a_damaged_folder(made: ProcessDatabase, tmp_path: Path) -> None:
    folder = write_processes(made, tmp_path)
    (folder / "units.parquet").write_bytes(b"PAR1 nothing PAR1")
    (folder / "flows.parquet").unlink()
    assert write_processes(made, tmp_path) == folder
    assert read_processes(folder, verify=True).digest == made.digest
    (folder / DESCRIPTION).write_text("{")
    assert write_processes(made, tmp_path) == folder
    assert read_processes(folder, verify=True).digest == made.digest
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]


def test_a_store_that_cannot_be_written_is_a_problem_of_the_system(
    made: ProcessDatabase, tmp_path: Path
) -> None:
    (tmp_path / "store").write_text("a file")
    with pytest.raises(OSError, match="store"):
        write_processes(made, tmp_path / "store")
