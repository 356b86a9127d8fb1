"""Climate impact per unit of every product of a database, and which of these numbers should not be trusted as they are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import overload

import attrs
import numpy as np

from cradlemark.inventory.dataset import GwpSet
from cradlemark.inventory.processes.characterise import Factors
from cradlemark.inventory.processes.matrix_system import activity_names
from cradlemark.inventory.processes.plausibility import doubt_of, is_judged
from cradlemark.inventory.processes.solved import Solved
from cradlemark.inventory.processes.stored_intensities import intensities_of, solved_intensities
from cradlemark.inventory.processes.tables import FloatArray, IntArray, ProcessDatabase, Table

HIGH = {
    "kg": 300.0,
    "t": 300_000.0,
    "MJ": 1.0,
    "kWh": 3.6,
    "t*km": 5.0,
    "m3": 20_000.0,
    "l": 20.0,
    "m2": 5_000.0,
}
"""Intensity above which a product that is not recognised is looked at [kg CO2e / unit]; our own choice, wide on purpose."""
PEERS = 3
"""Least number of makers of one product for a comparison among them."""
FAR = 10.0
"""Ratio to the median of the peers that is looked at [1]."""


@attrs.frozen(eq=False)
class ProductIntensities:
    """All products of a database with their impacts.

    Parameters
    ----------
    categories : tuple of str
        With their unit in brackets; the first one is climate change by gas.
    values : ndarray of float64, shape (categories, activities)
        [unit of the category / reference unit of the product]
    products, processes, places : tuple of str
    cut_off_inputs : ndarray of int64, shape (activities,)
        Inputs of the activity itself that have no provider.
    doubts : sequence of tuple of str
        Why a value should be looked at, for each activity.
    residual : float
        Largest relative residual of the solution [1].
    one_sided : tuple of str
        Flows that only one of the two, gas table and climate method of the source, counts.
    """

    categories: tuple[str, ...]
    values: FloatArray
    products: tuple[str, ...]
    processes: tuple[str, ...]
    places: tuple[str, ...]
    cut_off_inputs: IntArray
    doubts: Sequence[tuple[str, ...]]
    residual: float
    one_sided: tuple[str, ...] = ()


def product_intensities(
    database: ProcessDatabase,
    *,
    gwp_set: GwpSet = "AR6",
    methods: Sequence[Factors] = (),
    folder: Path | None = None,
    system: Solved | None = None,
) -> ProductIntensities:
    """Impact of one unit of every product of a database.

    Parameters
    ----------
    database : ProcessDatabase
    gwp_set : {"AR4", "AR5", "AR6"}
        Of the climate impact by gas; the categories that came with the database follow it.
    methods : sequence of Factors
        Categories of other sources, as in `solved.solve_database`.
    folder : Path, optional
        Folder of the database: intensities that are kept there are used, or kept there when they had to be solved.
    system : Solved, optional
        The database solved already; then nothing is solved or looked for.

    Raises
    ------
    MissingDataError
        ``database-empty`` when there is no product with supply.
    InputErrors, InaccurateError
        From the engine, naming the processes to blame.
    """
    if system is None:
        solved = solved_intensities(database, gwp_set=gwp_set, methods=methods, folder=folder)
    else:
        solved = intensities_of(system)
    names = activity_names(database)
    cut = np.bincount(database["cut_offs"].integers("column"), minlength=len(names.products))
    return ProductIntensities(
        solved.categories, solved.values, names.products, names.processes, names.places, cut,
        Doubts(database, solved.values[0], cut), solved.residual, one_sided(database, *solved.factors[:2]),
    )  # fmt: skip


def one_sided(database: ProcessDatabase, by_gas: Factors, own: Factors) -> tuple[str, ...]:
    """Flows that the table of gases or the source's own climate method counts, but not the other; with which one."""
    climate = [
        i for i, name in enumerate(own.names) if name.lower().startswith(("climate change", "global warming"))
    ]
    if not climate:
        return ()
    method = set(own.flow[np.isin(own.category, climate[:1])].tolist())
    table = set(by_gas.flow.tolist())
    names, compartments = database["flows"].texts("name_en"), database["flows"].texts("category")
    return tuple(
        f"{names[flow]} ({compartments[flow]}): {'table of gases' if flow in table else own.names[climate[0]]} only"
        for flow in sorted(method ^ table)
    )


class Doubts(Sequence[tuple[str, ...]]):
    """Why the climate impact of each activity should be looked at; found when it is asked for, as names have to be read.

    Parameters
    ----------
    database : ProcessDatabase
    climate : ndarray of float64, shape (activities,)
        [kg CO2e / reference unit of the product]
    cut_off_inputs : ndarray of int64, shape (activities,)
    """

    def __init__(self, database: ProcessDatabase, climate: FloatArray, cut_off_inputs: IntArray) -> None:
        activities = database["activities"]
        self._climate, self._cut = climate, cut_off_inputs
        self._flows, self._processes = activities.integers("flow"), activities.integers("process")
        self._made = np.bincount(self._processes, minlength=1)
        self._makers, self._median = _peers(self._flows, climate)
        self._database = database

    def __len__(self) -> int:
        return int(self._climate.size)

    @overload
    def __getitem__(self, index: int) -> tuple[str, ...]: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[tuple[str, ...], ...]: ...
    def __getitem__(self, index: int | slice) -> tuple[str, ...] | tuple[tuple[str, ...], ...]:
        if isinstance(index, slice):
            return tuple(self._of(row) for row in range(*index.indices(len(self))))
        return self._of(range(len(self))[index])

    def _of(self, row: int) -> tuple[str, ...]:
        value, cut_off = float(self._climate[row]), int(self._cut[row])
        reasons = (
            "negative" if value < 0.0 else "",
            "no climate impact: all its inputs are cut off" if value == 0.0 and cut_off else "",
            "no climate impact" if value == 0.0 and not cut_off else "",
            self._by_name(row, value) if value > 0.0 else "",
            _against_peers(value, int(self._makers[row]), float(self._median[row])),
        )
        return tuple(reason for reason in reasons if reason)

    def _by_name(self, row: int, value: float) -> str:
        """Against what names and unit lead to expect; a product that nothing is known of against one limit per unit."""
        flows, processes = self._database["flows"], self._database["processes"]
        flow, process = int(self._flows[row]), int(self._processes[row])
        unit, product = flows.texts("unit")[flow], _either(flows, flow)
        # A process with several products is named after one of them.
        named = _either(processes, process) if self._made[process] == 1 else ""
        if is_judged(product, named, unit):
            return doubt_of(product, named, unit, value)
        return f"above {HIGH[unit]:g} kg CO2e per {unit}" if value > HIGH.get(unit, np.inf) else ""


def _either(table: Table, row: int) -> str:
    return table.texts("name_en")[row] or table.texts("name_zh")[row]


def _peers(flows: IntArray, climate: FloatArray) -> tuple[IntArray, FloatArray]:
    """Number of makers of the same product, and their median where there are enough, for each activity."""
    makers = np.bincount(flows)
    order = np.argsort(flows, kind="stable")
    start = np.cumsum(makers) - makers
    median = np.full(makers.size, np.nan)
    for flow in np.flatnonzero(makers >= PEERS).tolist():
        median[flow] = np.median(climate[order[start[flow] : start[flow] + makers[flow]]])
    return makers[flows], median[flows]


def _against_peers(value: float, makers: int, median: float) -> str:
    if makers < PEERS or not (value > 0.0 and median > 0.0) or 1.0 / FAR <= value / median <= FAR:
        return ""
    return f"{value / median:.3g} times the median of {makers} makers of the same product"
