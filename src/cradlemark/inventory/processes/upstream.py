"""Where the impact of one product arises: largest processes and flows behind it, and what is cut off anywhere there."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from cradlemark.core.language import Text
from cradlemark.engine.contributions import Contributions, by_flow, by_process
from cradlemark.engine.life_cycle_inventory import LifeCycleInventory
from cradlemark.inventory.database import Upstream
from cradlemark.inventory.dataset import GwpSet
from cradlemark.inventory.processes.solved import solve_database
from cradlemark.inventory.processes.tables import ProcessDatabase

SHOWN = 5
"""Contributions and cut-offs that are named."""
SMALLEST = 1e-9
"""Share of the largest amount of its unit [1] below which a cut-off input is none."""


def upstream_of(database: ProcessDatabase, activity: int, *, gwp_set: GwpSet) -> Upstream:
    """Solve for one unit of a product and name what is largest behind it.

    Parameters
    ----------
    database : ProcessDatabase
    activity : int
        Row of activities.
    gwp_set : {"AR4", "AR5", "AR6"}

    Raises
    ------
    MissingDataError, InputErrors, InaccurateError
        From the engine.
    """
    found = solve_database(database, gwp_set=gwp_set).inventory(activity)
    cut = sorted(_cut_offs(database, found), key=lambda item: (item[0], item[1].en))
    return Upstream(
        tuple(_named(by_process(found, 0), lambda row: _process_name(database, row))),
        tuple(_named(by_flow(found, 0), lambda row: Text(found.matrices.system.flows[row]))),
        tuple((name, amount, unit) for _, name, amount, unit in cut[:SHOWN]),
        len(cut),
    )


def _named(parts: Contributions, name: Callable[[int], Text]) -> Iterator[tuple[Text, float]]:
    rows = parts.index[:SHOWN].tolist()
    return ((name(row), value) for row, value in zip(rows, parts.values[:SHOWN].tolist(), strict=True))


def _process_name(database: ProcessDatabase, activity: int) -> Text:
    process = int(database["activities"].integers("process")[activity])
    processes = database["processes"]
    english, chinese = processes.texts("name_en")[process], processes.texts("name_zh")[process]
    return Text(english or chinese, chinese or english)


def _cut_offs(
    database: ProcessDatabase, found: LifeCycleInventory
) -> Iterator[tuple[float, Text, float, str]]:
    """Inputs without provider by flow: minus their share of the largest in the same unit, name, amount, unit."""
    table, flows = database["cut_offs"], database["flows"]
    amounts = table.numbers("amount") * found.runs[table.integers("column")]
    total = np.bincount(table.integers("flow"), amounts, minlength=len(flows))
    units = flows.texts("unit")
    used = np.flatnonzero(total).tolist()
    largest: dict[str, float] = {}
    for row in used:
        largest[units[row]] = max(largest.get(units[row], 0.0), abs(float(total[row])))
    for row in used:
        share = abs(float(total[row])) / largest[units[row]]
        if share >= SMALLEST:
            english, chinese = flows.texts("name_en")[row], flows.texts("name_zh")[row]
            name = Text(english or chinese, chinese or english)
            yield -share, name, float(total[row]), units[row]
