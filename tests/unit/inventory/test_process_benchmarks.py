"""The made-up sources of the benchmarks are what they say: importing and storing them gives the matrices they were made from."""

from __future__ import annotations

from pathlib import Path

import attrs
import numpy as np
import pytest
from benchmarks.process_import import identifier, made_up
from benchmarks.process_store import database_of, loaded, synthetic_processes
from benchmarks.synthetic_database import synthetic_system

from cradlemark.engine.intensities import intensities
from cradlemark.engine.matrices import assemble
from cradlemark.engine.solve import factorise
from cradlemark.engine.system import Entries, MatrixSystem
from cradlemark.inventory.characterisation import gases
from cradlemark.inventory.importers.process_databases import import_processes
from cradlemark.inventory.processes.intensities import product_intensities
from cradlemark.inventory.processes.store import write_processes

COUNT = 120


@pytest.fixture(scope="module")
def system() -> MatrixSystem:
    """Carbon dioxide and methane of not stated origin are its first two flows."""
    made = synthetic_system(COUNT, flows=30)
    factors = [1.0, gases()["ch4"].gwp["AR6"]]
    return attrs.evolve(made, characterisation=Entries([0, 0], [0, 1], factors), categories=["climate"])


def test_imported_it_has_the_same_intensities(system: MatrixSystem, tmp_path: Path) -> None:
    made_up(tmp_path / "made_up.zip", COUNT, flows=30)
    done = import_processes(tmp_path / "made_up.zip")
    assert done.report.balanced
    assert done.report.counts["exchanges used"] == len(system.technosphere) + len(system.biosphere)
    found = product_intensities(done.database).values[0]
    expected = intensities(factorise(assemble(system))).values[0]
    names = done.database["processes"].texts("id")
    place = {identifier("process", number): number for number in range(COUNT)}
    order = [place[names[row]] for row in done.database["activities"].integers("process").tolist()]
    assert found == pytest.approx(expected[order], rel=1e-9)


def test_stored_it_has_the_same_matrices(tmp_path: Path) -> None:
    made = synthetic_system(COUNT, flows=30)
    read = loaded(write_processes(database_of(made), tmp_path))
    for name in ("row", "column", "amount"):
        assert np.array_equal(getattr(read.technosphere, name), getattr(made.technosphere, name))
        assert np.array_equal(read.biosphere.amount, made.biosphere.amount)
    assert np.array_equal(read.waste, made.waste)
    own = attrs.evolve(
        read, characterisation=_without_first(read.characterisation), categories=read.categories[1:]
    )
    assert intensities(factorise(assemble(own))).values == pytest.approx(
        intensities(factorise(assemble(made))).values, rel=1e-9
    )


def _without_first(entries: Entries) -> Entries:
    """Without the category of gases that the database gets besides its own."""
    kept = entries.row > 0
    return Entries(entries.row[kept] - 1, entries.column[kept], entries.amount[kept])


def test_it_is_the_same_each_time() -> None:
    assert synthetic_processes(COUNT).digest == synthetic_processes(COUNT).digest
