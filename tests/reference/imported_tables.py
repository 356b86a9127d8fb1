"""Systems written as tables, imported as a user would import them, and solved for every elementary flow by itself."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from cradlemark.engine.intensities import intensities
from cradlemark.engine.life_cycle_inventory import LifeCycleInventory, life_cycle_inventory
from cradlemark.engine.matrices import assemble
from cradlemark.engine.solve import Factorisation, factorise
from cradlemark.inventory.importers.process_databases import import_processes
from cradlemark.inventory.processes.characterise import Factors
from cradlemark.inventory.processes.matrix_system import matrix_system
from cradlemark.inventory.processes.tables import ProcessDatabase

HEAD = "process,type,flow,amount,unit,compartment,allocation,price"


def half_unit(text: str) -> float:
    """Half a unit of the last digit of a printed number."""
    return 0.5 * 10.0 ** int(Decimal(text).as_tuple().exponent)


def printed(text: str):  # type: ignore[no-untyped-def]
    """The number as a source prints it, to half a unit of its last digit."""
    return pytest.approx(float(text), rel=0.0, abs=half_unit(text))


class Solved:
    """A database solved for each elementary flow; results by name of process and product."""

    def __init__(self, database: ProcessDatabase) -> None:
        flows = database["flows"]
        rows = [row for row, kind in enumerate(flows.texts("kind")) if kind == "elementary"]
        self.flows = [flows.texts("name_en")[row] for row in rows]
        count = len(rows)
        each = Factors(tuple(self.flows), np.arange(count), np.array(rows), ("",) * count, np.ones(count))
        self.system = matrix_system(database, [each])
        self.factors: Factorisation = factorise(assemble(self.system))
        made = database["activities"]
        names, products = database["processes"].texts("name_en"), flows.texts("name_en")
        pairs = zip(made.integers("process").tolist(), made.integers("flow").tolist(), strict=True)
        self.at = {(names[process], products[flow]): row for row, (process, flow) in enumerate(pairs)}
        self.result = intensities(self.factors)
        self.values = self.result.values

    def of(self, process: str, product: str, flow: str) -> float:
        return float(self.values[self.flows.index(flow), self.at[process, product]])

    def flow_at(self, flow: str) -> int:
        """Row of an elementary flow in the system."""
        return next(row for row, name in enumerate(self.system.flows) if name.split(",")[0] == flow)

    def inventory(self, demand: Mapping[tuple[str, str], float]) -> LifeCycleInventory:
        return life_cycle_inventory(self.factors, {self.at[key]: amount for key, amount in demand.items()})

    def multipliers(
        self, demand: Mapping[tuple[str, str], float], flow: str, rows: list[tuple[str, str]]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Relative change of a flow with each coefficient: of A, ``-λ_i s_j a_ij / g``, and of B, ``b_j s_j / g``."""
        row, order = self.flows.index(flow), [self.at[key] for key in rows]
        done, matrices = self.inventory(demand), self.factors.matrices
        exchanges = matrices.technosphere.toarray()[np.ix_(order, order)]
        runs, total = done.runs[order], done.impacts[row]
        unit = self.result.of_output[row][order]
        return -unit[:, None] * runs * exchanges / total, matrices.direct[row][order] * runs / total


def imported(folder: Path, rows: str, *, allocation: str = "declared") -> Solved:
    path = folder / "system.csv"
    path.write_text("\n".join([HEAD, *(line.strip() for line in rows.strip().splitlines())]) + "\n", "utf-8")
    return read(path, allocation=allocation)


def read(source: Path, *, allocation: str = "declared") -> Solved:
    return Solved(read_database(source, allocation=allocation))


def read_database(source: Path, *, allocation: str = "declared") -> ProcessDatabase:
    done = import_processes(source, allocation=allocation)
    assert done.report.balanced
    assert done.report.counts["exchanges refused"] == 0
    return done.database
