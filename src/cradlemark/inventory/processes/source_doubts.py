"""Magnitudes of a source that look wrong before anything is solved; the matrices are looked at piece by piece."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cradlemark.core.errors import Problem
from cradlemark.core.language import Text
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
        yield _doubt(
            database,
            row,
            Text("uses as much of its product as it makes, or more", "消耗的自身产品不少于其产出"),
        )
    scale = np.abs(activities.numbers("amount"))
    for row in np.flatnonzero((scale < 1e-6) | (scale > 1e9)).tolist():
        unit = database["flows"].texts("unit")[int(activities.integers("flow")[row])]
        yield _doubt(
            database,
            row,
            Text(
                f"makes {scale[row]:.3g} {unit}: is the unit right?",
                f"产出 {scale[row]:.3g} {unit}：单位是否正确？",
            ),
        )
    for row in np.flatnonzero(~burdened).tolist():
        yield _burden_free(database, row)
    yield from _heavy_inputs(database, made)
    yield from _uncounted(database)


def _uncounted(database: ProcessDatabase) -> Iterator[Problem]:
    """Greenhouse gases that are counted in no climate impact, because the source does not say where they go, or their mass."""
    flows = database["flows"]
    for row, gas in uncounted_gases(database):
        name = (flows.texts("name_en")[row] or flows.texts("name_zh")[row])[:60]
        placed = bool(flows.texts("category")[row].strip())
        lacks = Text("mass", "质量") if placed else Text("compartment", "环境介质")
        message = Text(
            f"the emission {name!r} is {gas.name.en} by its name or number, but has no {lacks.en}: it counts in no "
            "climate impact by gas",
            f"排放 {name!r} 按名称或编号为{gas.name.zh}，但没有{lacks.zh}：未计入按气体计算的气候影响",
        )
        air = Text("give it a compartment, such as air", "给出环境介质，如空气")
        yield Problem(
            f"{database.source}, flow {flows.texts('id')[row][:80]}", "emission-uncounted", message,
            Text("give it a mass in kg", "给出以 kg 计的质量") if placed else air,
        )  # fmt: skip


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
        return _doubt(
            database,
            row,
            Text(
                f"gives {name[:60]} a share of 0 ({how}): it carries no burden",
                f"分给 {name[:60]} 的份额为 0（{how}）：它不承担任何负荷",
            ),
        )
    return _doubt(
        database,
        row,
        Text(
            f"makes {name[:60]} from nothing, without input or emission ({how})",
            f"既无投入也无排放却产出 {name[:60]}（{how}）",
        ),
    )


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
            message = Text(
                f"uses {ratio[place]:.3g} of {name[:80]} per unit it makes",
                f"每单位产出消耗 {ratio[place]:.3g} 的 {name[:80]}",
            )
            yield _doubt(database, int(columns[place]), message)


def _product(database: ProcessDatabase, activity: int) -> str:
    flow = int(database["activities"].integers("flow")[activity])
    return database["flows"].texts("name_en")[flow] or database["flows"].texts("name_zh")[flow]


def _doubt(database: ProcessDatabase, activity: int, message: Text) -> Problem:
    process = int(database["activities"].integers("process")[activity])
    table = database["processes"]
    name = table.texts("name_en")[process] or table.texts("name_zh")[process]
    return Problem(
        f"{database.source}, process {table.texts('id')[process]} ({name[:60]})",
        "magnitude-implausible",
        Text("the process {what}", "该过程{what}").format(what=message),
        Text("check the source", "检查数据源"),
    )
