"""Magnitudes of a source that look wrong before anything is solved; the matrices are looked at piece by piece."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cradlemark.core.errors import Problem
from cradlemark.inventory.processes.characterise import uncounted_gases
from cradlemark.inventory.processes.columns import FloatArray, IntArray
from cradlemark.inventory.processes.tables import ProcessDatabase, Table

HEAVY = 1e6
"""Units of an input per unit made that are looked at [1]."""
PERIODS = frozenset({"a"})
"""Units of products that are a period of time, such as the final demand of a year: they may use anything."""
_AT_ONCE = 1_000_000


def source_doubts(database: ProcessDatabase) -> Iterator[Problem]:
    """Processes that use up what they make, make extreme amounts, make something from nothing, or use far too much."""
    activities = database["activities"]
    made, burdened = _made_and_burdened(database)
    for row in np.flatnonzero(np.sign(made) * np.sign(activities.numbers("amount")) <= 0.0).tolist():
        yield _doubt(database, row, "uses as much of its product as it makes, or more")
    scale = np.abs(activities.numbers("amount"))
    for row in np.flatnonzero((scale < 1e-6) | (scale > 1e9)).tolist():
        unit = database["flows"].texts("unit")[int(activities.integers("flow")[row])]
        yield _doubt(database, row, f"makes {scale[row]:.3g} {unit}: is the unit right?")
    for row in np.flatnonzero(~burdened).tolist():
        yield _burden_free(database, row)
    yield from _heavy_inputs(database, made)
    yield from _uncounted(database)


def _uncounted(database: ProcessDatabase) -> Iterator[Problem]:
    """Greenhouse gases that are counted in no climate impact, because the source does not say where they go, or their mass."""
    flows = database["flows"]
    for row, gas in uncounted_gases(database):
        name = (flows.texts("name_en")[row] or flows.texts("name_zh")[row])[:60]
        lacks = "a mass" if flows.texts("category")[row].strip() else "a compartment"
        yield Problem(
            f"{database.source}, flow {flows.texts('id')[row][:80]}",
            "emission-uncounted",
            f"the emission {name!r} is {gas.name.en} by its name or number, but has no {lacks.removeprefix('a ')}: "
            "it counts in no climate impact by gas",
            f"give it {lacks}" + (", such as air" if lacks == "a compartment" else " in kg"),
        )


def _pieces(technosphere: Table) -> Iterator[tuple[IntArray, IntArray, FloatArray]]:
    """Rows, columns and amounts of a million entries after the other."""
    row, column, amount = (technosphere.columns[name] for name in ("row", "column", "amount"))
    for start in range(0, len(technosphere), _AT_ONCE):
        piece = slice(start, start + _AT_ONCE)
        yield (
            np.asarray(row[piece], np.int64),
            np.asarray(column[piece], np.int64),
            np.asarray(amount[piece], np.float64),
        )


def _made_and_burdened(
    database: ProcessDatabase,
) -> tuple[FloatArray, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Net amount each activity makes [reference unit], and whether it has an input, a resource or an emission."""
    count = len(database["activities"])
    made, burdened = np.zeros(count), np.zeros(count, np.bool_)
    for rows, columns, amounts in _pieces(database["technosphere"]):
        own = rows == columns
        np.add.at(made, rows[own], amounts[own])
        burdened[columns[~own]] = True
    for name in ("biosphere", "cut_offs"):
        burdened[database[name].integers("column")] = True
    return made, burdened


def _burden_free(database: ProcessDatabase, row: int) -> Problem:
    name, how = _product(database, row), database["activities"].texts("allocation")[row]
    if database["activities"].numbers("share")[row] == 0.0:
        return _doubt(database, row, f"gives {name[:60]} a share of 0 ({how}): it carries no burden")
    return _doubt(database, row, f"makes {name[:60]} from nothing, without input or emission ({how})")


def _heavy_inputs(database: ProcessDatabase, made: FloatArray) -> Iterator[Problem]:
    units = database["flows"].texts("unit")
    products = database["activities"].integers("flow").tolist()
    period = np.array([units[flow] in PERIODS for flow in products], np.bool_)
    for rows, columns, amounts in _pieces(database["technosphere"]):
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            ratio = np.abs(amounts / made[columns])
        heavy = (rows != columns) & (ratio > HEAVY) & np.isfinite(ratio) & ~period[columns]
        for place in np.flatnonzero(heavy).tolist():
            name = _product(database, int(rows[place]))
            message = f"uses {ratio[place]:.3g} of {name[:80]} per unit it makes"
            yield _doubt(database, int(columns[place]), message)


def _product(database: ProcessDatabase, activity: int) -> str:
    flow = int(database["activities"].integers("flow")[activity])
    return database["flows"].texts("name_en")[flow] or database["flows"].texts("name_zh")[flow]


def _doubt(database: ProcessDatabase, activity: int, message: str) -> Problem:
    process = int(database["activities"].integers("process")[activity])
    table = database["processes"]
    name = table.texts("name_en")[process] or table.texts("name_zh")[process]
    return Problem(
        f"{database.source}, process {table.texts('id')[process]} ({name[:60]})",
        "magnitude-implausible",
        f"the process {message}",
        "check the source",
    )
