"""Climate impact per unit of every product of a database, and which of these numbers should not be trusted as they are."""

from __future__ import annotations

from collections import defaultdict

import attrs
import numpy as np

from cradlemark.inventory.dataset import GwpSet
from cradlemark.inventory.processes.characterise import Factors
from cradlemark.inventory.processes.solved import solve_database
from cradlemark.inventory.processes.tables import FloatArray, IntArray, ProcessDatabase

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
"""Intensity above which a product is looked at [kg CO2e / unit]; our own choice, wide on purpose."""
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
    doubts : tuple of tuple of str
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
    doubts: tuple[tuple[str, ...], ...]
    residual: float
    one_sided: tuple[str, ...] = ()


def product_intensities(database: ProcessDatabase, *, gwp_set: GwpSet = "AR6") -> ProductIntensities:
    """Solve a database for the impact of one unit of every product.

    Parameters
    ----------
    database : ProcessDatabase
    gwp_set : {"AR4", "AR5", "AR6"}
        Of the climate impact by gas; the categories that came with the database follow it.

    Raises
    ------
    MissingDataError
        ``database-empty`` when there is no product with supply.
    InputErrors, InaccurateError
        From the engine, naming the processes to blame.
    """
    solved = solve_database(database, gwp_set=gwp_set)
    system = solved.matrices.system
    cut = np.bincount(database["cut_offs"].integers("column"), minlength=len(system.products))
    return ProductIntensities(
        system.categories, solved.result.values, system.products, system.processes, system.places, cut,
        _doubts(database, solved.result.values[0], cut), float(np.max(solved.result.residual, initial=0.0)),
        one_sided(database, *solved.factors[:2]),
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


def _doubts(database: ProcessDatabase, climate: FloatArray, cut: IntArray) -> tuple[tuple[str, ...], ...]:
    flows = database["activities"].integers("flow").tolist()
    units = [database["flows"].texts("unit")[flow] for flow in flows]
    makers: defaultdict[int, list[int]] = defaultdict(list)
    for activity, flow in enumerate(flows):
        makers[flow].append(activity)
    found: list[tuple[str, ...]] = []
    for activity, flow in enumerate(flows):
        value = float(climate[activity])
        peers = [float(climate[other]) for other in makers[flow]]
        reasons = (
            "negative" if value < 0.0 else "",
            "no climate impact: all its inputs are cut off" if value == 0.0 and cut[activity] else "",
            "no climate impact" if value == 0.0 and not cut[activity] else "",
            f"above {HIGH[units[activity]]:g} kg CO2e per {units[activity]}"
            if value > HIGH.get(units[activity], np.inf)
            else "",
            _against_peers(value, peers),
        )
        found.append(tuple(reason for reason in reasons if reason))
    return tuple(found)


def _against_peers(value: float, peers: list[float]) -> str:
    if len(peers) < PEERS:
        return ""
    median = float(np.median(peers))
    if value > 0.0 and median > 0.0 and not 1.0 / FAR <= value / median <= FAR:
        return f"{value / median:.3g} times the median of {len(peers)} makers of the same product"
    return ""
