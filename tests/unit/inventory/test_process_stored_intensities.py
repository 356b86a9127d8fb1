"""Intensities beside a database: solved once, taken again, and never taken when stale or damaged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pytest

from cradlemark.engine.foreground import Foreground, solve_foreground
from cradlemark.engine.system import Entries
from cradlemark.inventory.processes import stored_arrays, stored_intensities
from cradlemark.inventory.processes.schema import SCHEMA
from cradlemark.inventory.processes.store import (
    find_processes,
    list_processes,
    read_processes,
    write_processes,
)
from cradlemark.inventory.processes.stored_arrays import find_arrays, keep_arrays, list_arrays
from cradlemark.inventory.processes.stored_intensities import solved_intensities
from cradlemark.inventory.processes.tables import (
    ProcessDatabase,
    TableBuilder,
    digest_of_tables,
)


def made(carbon: float = 2.0) -> ProcessDatabase:
    """Steel (1 kg) from 0.5 kWh, electricity (1 kWh) from 0.1 kg of steel; steel emits carbon dioxide [kg]."""
    builders = {name: TableBuilder(name) for name in SCHEMA}
    for name in ("steelworks", "power plant"):
        builders["processes"].add(id=name, name_en=name, usable=1)
    for name, unit in (("steel", "kg"), ("electricity", "kWh")):
        builders["flows"].add(id=name, name_en=name, unit=unit, kind="product")
    builders["flows"].add(
        id="co2", name_en="Carbon dioxide, fossil", cas="124-38-9", category="emission/air", unit="kg",
        kind="elementary", property="mass",
    )  # fmt: skip
    builders["flow_properties"].add(flow=2, property="mass", unit="kg", factor=1.0)
    for row in (0, 1):
        builders["activities"].add(process=row, flow=row, amount=1.0, allocation="single", share=1.0)
        builders["technosphere"].add(row=row, column=row, amount=1.0, exchange=0)
    builders["technosphere"].add(row=1, column=0, amount=-0.5, exchange=0)
    builders["technosphere"].add(row=0, column=1, amount=-0.1, exchange=0)
    builders["biosphere"].add(flow=2, column=0, direction="output", amount=carbon, exchange=0)
    tables = {name: builder.table() for name, builder in builders.items()}
    return ProcessDatabase("works", "", "CC0", "test", "none", "declared", tables, digest_of_tables(tables))


STEEL = 2.0 / (1.0 - 0.05)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_processes(made(), tmp_path)


@pytest.fixture
def solves(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What has really been solved, by digest of the database."""
    real, done = stored_intensities.solve_database, []

    def counted(database: ProcessDatabase, **options: Any) -> Any:
        done.append(database.digest)
        return real(database, **options)

    monkeypatch.setattr(stored_intensities, "solve_database", counted)
    return done


def test_solved_once_and_taken_again(folder: Path, solves: list[str]) -> None:
    first = solved_intensities(read_processes(folder), folder=folder)
    again = solved_intensities(read_processes(folder), folder=folder)
    assert first.values[0] == pytest.approx([STEEL, 0.1 * STEEL], rel=1e-12)
    assert np.array_equal(first.values, again.values)
    assert (first.kept, first.reused, again.kept, again.reused) == (True, False, True, True)
    assert again.categories == first.categories == ("Climate change, GWP100 AR6 [kg CO2e]",)
    assert again.residual == first.residual < 1e-9
    assert len(solves) == 1
    assert list_processes(folder.parent) == (find_processes("works", folder.parent),)


def test_taking_them_reads_no_exchange(folder: Path) -> None:
    solved_intensities(read_processes(folder), folder=folder)
    for name in ("exchanges", "technosphere", "biosphere"):
        (folder / f"{name}.parquet").unlink()
    assert solved_intensities(read_processes(folder), folder=folder).reused


def test_other_factors_or_engine_are_other_intensities(
    folder: Path, solves: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    database = read_processes(folder)
    solved_intensities(database, folder=folder)
    solved_intensities(database, folder=folder, gwp_set="AR5")
    assert len(solves) == 2
    monkeypatch.setattr(stored_intensities, "engine_version", lambda: "another")
    assert not solved_intensities(database, folder=folder).reused
    assert len(list_arrays(folder, "intensities")) == 3
    other = attrs.evolve(database, digest="sha256:" + "0" * 64)
    assert not solved_intensities(other, folder=folder).reused


def test_without_a_folder_nothing_is_kept(folder: Path) -> None:
    solved = solved_intensities(read_processes(folder))
    assert not solved.kept
    assert not list_arrays(folder, "intensities")


@pytest.mark.parametrize("name", ["values.npy", "about.json"])
def test_damaged_ones_are_solved_again(folder: Path, solves: list[str], name: str) -> None:
    first = solved_intensities(read_processes(folder), folder=folder)
    path = next(folder.glob("intensities-*")) / name
    content = path.read_bytes()
    changes = [
        content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :]
        for place in range(0, len(content), 23)
    ]
    for count, change in enumerate([*changes, content[:-2], b""], start=2):
        path.write_bytes(change)
        again = solved_intensities(read_processes(folder), folder=folder)
        assert np.array_equal(again.values, first.values)
        assert not again.reused
        assert len(solves) == count
        assert path.read_bytes() == content
    path.unlink()
    assert not solved_intensities(read_processes(folder), folder=folder).reused


def test_those_of_another_database_are_not_taken(folder: Path) -> None:
    solved_intensities(read_processes(folder), folder=folder)
    other = write_processes(made(carbon=5.0), folder.parent)
    found = next(folder.glob("intensities-*"))
    solved = solved_intensities(read_processes(other), folder=other)
    target = next(other.glob("intensities-*"))
    for path in found.iterdir():
        (target / path.name).write_bytes(path.read_bytes())
    again = solved_intensities(read_processes(other), folder=other)
    assert not again.reused
    assert np.array_equal(again.values, solved.values)


def test_what_cannot_be_kept_is_given_all_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(stored_intensities, "keep_arrays", full)
    solved = solved_intensities(read_processes(folder), folder=folder)
    assert solved.values[0, 0] == pytest.approx(STEEL)
    assert not solved.kept


def test_a_study_solves_its_foreground_against_them(folder: Path) -> None:
    solved_intensities(read_processes(folder), folder=folder)
    background = solved_intensities(read_processes(folder), folder=folder)
    study = Foreground([[1.0]], Entries([0, 1], [0, 0], [3.0, 2.0]), [[1.0]])
    assert solve_foreground(study, background.values).values[0, 0] == pytest.approx(1.0 + 3.2 * STEEL)


def test_a_kill_while_writing_arrays_leaves_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class KilledError(BaseException):
        pass

    def dying(*_: Any) -> None:
        raise KilledError

    basis = {"database": "x"}
    with monkeypatch.context() as patched:
        patched.setattr(stored_arrays, "write_json_through", dying)
        with pytest.raises(KilledError):
            keep_arrays(tmp_path, "draws", basis, about={}, arrays={"values": np.ones(5)})
    assert find_arrays(tmp_path, "draws", basis) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("shape", [(0,), (3, 0), (2, 3, 4)])
def test_arrays_come_back_as_they_were(tmp_path: Path, shape: tuple[int, ...]) -> None:
    values = np.arange(np.prod(shape), dtype=np.float64).reshape(shape)
    kept = keep_arrays(tmp_path, "draws", {"seed": 1}, about={"why": "测试"}, arrays={"values": values})
    found = find_arrays(tmp_path, "draws", {"seed": 1})
    assert found is not None
    assert found.about["why"] == "测试"
    assert np.array_equal(found.array("values"), values)
    assert np.array_equal(kept.mapped("values"), values)
    assert found.array("other") is None
    assert find_arrays(tmp_path, "draws", {"seed": 2}) is None
