"""Laws of input-output tables: what is emitted is bought by somebody, whatever the order and the spelling of the parts."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cradlemark.inventory.importers.process_databases import ProcessImport, import_processes
from cradlemark.inventory.processes.intensities import product_intensities

SIZES = st.integers(2, 6)


@st.composite
def tables(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Transactions, final demand and emissions of an economy that makes more than it uses."""
    size, categories = draw(SIZES), draw(st.integers(1, 3))
    amount = st.floats(0.0, 1e6).map(lambda value: value if value > 1e-6 else 0.0)
    transactions = np.array(
        draw(st.lists(st.lists(amount, min_size=size, max_size=size), min_size=size, max_size=size))
    )
    demand = np.array(
        draw(
            st.lists(st.lists(amount, min_size=categories, max_size=categories), min_size=size, max_size=size)
        )
    )
    demand += 1.0 + 0.1 * transactions.sum(axis=0).sum()
    emissions = np.array(draw(st.lists(amount, min_size=size, max_size=size))) + 1.0
    return transactions, demand, emissions


def written(
    folder: Path, table: tuple[np.ndarray, np.ndarray, np.ndarray], order: list[int], separator: str
) -> ProcessImport:
    transactions, demand, emissions = table
    names = [f"sector {i}" for i in range(len(emissions))]
    categories = [f"category {i}" for i in range(demand.shape[1])]

    def text(head: list[str], rows: list[list[str]]) -> str:
        return "\n".join(separator.join(row) for row in [head, *rows]) + "\n"

    z = [[names[i], "M EUR", *(repr(float(transactions[i, j])) for j in order)] for i in order]
    y = [[names[i], *(repr(float(value)) for value in demand[i])] for i in range(len(names))]
    f = [["CO2", "air", "kg", *(repr(float(value)) for value in emissions)]]
    (folder / "Z.txt").write_text(text(["sector", "unit", *(names[j] for j in order)], z))
    (folder / "Y.txt").write_text(text(["sector", *categories], y))
    (folder / "gases.txt").write_text(text(["stressor", "compartment", "unit", *names], f))
    return import_processes(folder)


@settings(max_examples=30, deadline=None)
@given(tables(), st.randoms(use_true_random=False), st.sampled_from([",", ";", "\t"]))
def test_all_emissions_are_in_the_footprints_of_final_demand(table, random, separator: str) -> None:
    order = list(range(len(table[2])))
    random.shuffle(order)
    with tempfile.TemporaryDirectory() as folder:
        imported = written(Path(folder), table, order, separator)
    assert imported.report.balanced
    assert imported.report.counts["exchanges refused"] == 0
    solved = product_intensities(imported.database)
    demand = np.char.startswith(np.array(solved.processes), "Final demand")
    assert solved.values[0, demand].sum() == pytest.approx(table[2].sum(), rel=1e-9)
    outputs = table[0].sum(axis=1) + table[1].sum(axis=1)
    stored = imported.database["parameters"].numbers("value")
    assert stored == pytest.approx(outputs[order], rel=1e-12)
